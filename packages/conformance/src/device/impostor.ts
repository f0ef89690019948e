/** The wrong server: another CA at the same address, for as long as one look of the client takes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { certificateAnswer, refused } from './answers.ts';
import type { Authority } from './authority.ts';
import type { Guise, Reply } from './listener.ts';
import type { Patience } from './patience.ts';
import { fieldValues, type Received, type Route } from './received.ts';

interface ImpostorOptions {
  readonly authority: Authority;
  readonly show: (guise: Guise) => void;
  readonly patience: Patience;
  /** How long a client has to fall for it, after its first connection has ended. */
  readonly lingerSeconds: number;
  readonly signal: AbortSignal;
}

/** What the client did with it. */
interface Watched {
  readonly isFooled: boolean;
  readonly what: string;
}

export class Impostor {
  readonly #o: ImpostorOptions;
  #fooled: string | null = null;
  #asked = 'nothing';
  #came: () => void = () => undefined;

  constructor(o: ImpostorOptions) {
    this.#o = o;
  }

  /** Answers who speaks to the wrong server. Asking for its CA, to compare it with a pin, tells it nothing. */
  take(request: Received, route: Route, reply: Reply): void {
    const said = `${request.method} ${request.url}`;
    const isSigned = fieldValues(request, 'signature').length > 0;
    if (request.body.length > 0 || isSigned)
      this.#fooled ??= `${said}${request.body.length > 0 ? ` with a body of ${request.body.length} bytes` : ', signed'}`;
    else this.#asked = `${said}, without body and signature`;
    reply(
      route.kind === 'certificate'
        ? certificateAnswer(this.#o.authority.ca)
        : refused('overloaded', { retryAfterSeconds: 1 }),
    );
    if (this.#fooled !== null) this.#came();
  }

  /** A connection to it has ended. */
  closed(): void {
    this.#came();
  }

  /** Shows the wrong certificate until a client has come. @throws GoneError when none does */
  async watch(what: string): Promise<Watched> {
    const { show, patience, lingerSeconds, signal } = this.#o;
    show('other');
    try {
      await patience.wait<void>('wrong-server', what, (come) => {
        this.#came = come;
      });
      // One who is fooled asks for the CA first, and comes back with it.
      await sleep(lingerSeconds * 1000, undefined, { signal }).catch(() => undefined);
    } finally {
      show('own');
    }
    return this.#fooled === null
      ? { isFooled: false, what: `it came, and told it ${this.#asked}` }
      : { isFooled: true, what: this.#fooled };
  }
}
