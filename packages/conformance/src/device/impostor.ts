/** The wrong server: another certificate at the same address, for as long as one look of the client takes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { certificateAnswer, refused } from './answers.ts';
import type { Authority, Guise } from './authority.ts';
import type { Reply } from './listener.ts';
import type { Wanted, Patience } from './patience.ts';
import { fieldValues, type Received, type Route } from './received.ts';

interface ImpostorOptions {
  readonly authorities: Readonly<Record<Guise, Authority>>;
  readonly show: (guise: Guise) => void;
  readonly patience: Patience;
  /** How long a client has to fall for it, after its first connection has ended, in seconds. */
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
  #shown: Guise = 'own';
  #fooled: string | null = null;
  #asked = 'nothing';
  #came: () => void = () => undefined;

  constructor(o: ImpostorOptions) {
    this.#o = o;
  }

  /** Answers who speaks to the wrong server. Asking for its CA, to compare it with a pin, tells it nothing. */
  take(request: Received, route: Route, reply: Reply, guise: Guise): void {
    const said = `${request.method} ${request.url}`;
    const isSigned = fieldValues(request, 'signature').length > 0;
    if (guise !== this.#shown) return reply(refused('overloaded', { retryAfterSeconds: 1 }));
    if (request.body.length > 0) this.#fooled ??= `${said} with a body of ${request.body.length} bytes`;
    else if (isSigned) this.#fooled ??= `${said}, signed`;
    else this.#asked = `${said}, without body and signature`;
    if (this.#fooled !== null) this.#came();
    const asksForCa = route.kind === 'certificate';
    const { ca } = this.#o.authorities[guise];
    return reply(asksForCa ? certificateAnswer(ca) : refused('overloaded', { retryAfterSeconds: 1 }));
  }

  /** A connection has ended. */
  closed(guise: Guise): void {
    if (guise === this.#shown) this.#came();
  }

  /** Shows a wrong certificate until a client has come. @throws GoneError when none does */
  async watch(guise: Guise, what: Wanted): Promise<Watched> {
    const { show, patience, lingerSeconds, signal } = this.#o;
    this.#shown = guise;
    this.#fooled = null;
    this.#asked = 'nothing';
    show(guise);
    try {
      await patience.wait<void>(what, (come) => {
        this.#came = come;
      });
      // One who is fooled asks for the CA first, and comes back with it.
      await sleep(lingerSeconds * 1000, undefined, { signal }).catch(() => undefined);
    } finally {
      this.#shown = 'own';
      show('own');
    }
    return this.#fooled === null
      ? { isFooled: false, what: `it came, and told ${this.#asked}` }
      : { isFooled: true, what: this.#fooled };
  }
}
