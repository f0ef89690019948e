/**
 * One PKCS #11 module, loaded and initialised once in a process. Calls go through it one after another: modules differ in
 * what they make of two at once, and a token works on one thing at a time anyway.
 */
import { access } from 'node:fs/promises';
import type { PKCS11 } from 'pkcs11js';
import { TokenError } from '../errors.ts';

export type Api = typeof import('pkcs11js');

const opened = new Map<string, Promise<TokenModule>>();

async function loadApi(): Promise<Api> {
  try {
    const loaded = await import('pkcs11js');
    return 'default' in loaded ? (loaded.default as Api) : loaded;
  } catch (error) {
    throw new TokenError('library', 'Keys in tokens need the package pkcs11js, which is not installed.', {
      seen: error instanceof Error ? error.message.slice(0, 200) : '',
      expected: 'pkcs11js, built for this machine',
      nextStep: 'Install make and a C++ compiler, then: npm install --include=optional',
      cause: error,
    });
  }
}

/** What a module said, as `CKR_…`; empty when the error is none of its own. */
export function returnValue(error: unknown): string {
  return error instanceof Error ? (/CKR_[A-Z0-9_]+/.exec(error.message)?.[0] ?? '') : '';
}

/** A PKCS #11 module that is loaded once in a process; one call at a time. */
export class TokenModule {
  readonly api: Api;
  readonly path: string;
  /** Sessions by slot, logged in; what comes before a reset is gone. */
  readonly sessions = new Map<string, Buffer>();
  /** Counts the resets: handles of an earlier generation are void. */
  generation = 0;
  #pkcs11: PKCS11;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(api: Api, path: string) {
    this.api = api;
    this.path = path;
    this.#pkcs11 = new api.PKCS11();
    this.#pkcs11.load(path);
    this.#pkcs11.C_Initialize({ flags: api.CKF_OS_LOCKING_OK });
  }

  /** @throws TokenError `library`, `module` */
  static open(path: string): Promise<TokenModule> {
    const known = opened.get(path);
    if (known !== undefined) return known;
    const opening = TokenModule.#load(path);
    opened.set(path, opening);
    // A module that is installed later is found then.
    opening.catch(() => opened.delete(path));
    return opening;
  }

  static async #load(path: string): Promise<TokenModule> {
    const api = await loadApi();
    try {
      await access(path);
      return new TokenModule(api, path);
    } catch (error) {
      throw new TokenError('module', `The PKCS #11 module ${path} cannot be used.`, {
        seen: error instanceof Error ? error.message.slice(0, 200) : '',
        expected: 'the shared library of the token',
        nextStep: 'Install it (such as softhsm2, libtpm2-pkcs11-1), or correct module-path.',
        cause: error,
      });
    }
  }

  /**
   * Runs a task when those before it are done.
   * @param milliseconds how long waiting and working may take together; what has not begun then never does
   * @throws TokenError `timeout`
   */
  async run<T>(task: (pkcs11: PKCS11) => Promise<T>, milliseconds: number): Promise<T> {
    let isLate = false;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        isLate = true;
        reject(
          new TokenError('timeout', 'The token does not answer.', {
            seen: `nothing in ${milliseconds} ms`,
            expected: 'an answer',
            nextStep: 'Check that it is plugged in and works; restart this program when it does.',
          }),
        );
      }, milliseconds);
    });
    const turn = this.#last.then(() => (isLate ? late : task(this.#pkcs11)));
    this.#last = turn.catch(() => undefined);
    try {
      return await Promise.race([turn, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Begins anew, within a task: only so do modules see a token that was away. */
  reset(): void {
    this.sessions.clear();
    this.generation++;
    try {
      this.#pkcs11.C_Finalize();
    } catch (error) {
      if (returnValue(error) === '') throw error;
    }
    this.#pkcs11.C_Initialize({ flags: this.api.CKF_OS_LOCKING_OK });
  }
}
