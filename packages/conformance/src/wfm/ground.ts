/** What the checks of one WFM stand on: the target, and what the earlier ones have made. */
import type { Certificate, KeyPair, KeyType, Signer } from '@muster/pki';
import type { Rung } from '@muster/protocol';
import { MissingGround } from '../report.ts';
import type { Roots, Wire } from './wire.ts';

/** Why the WFM is believed to be the right one. */
export type Trust =
  | { readonly kind: 'roots'; readonly roots: readonly Certificate[] }
  /** `sha256:<hex>` of root CA certificates (DER). */
  | { readonly kind: 'pins'; readonly pins: readonly string[] }
  | { readonly kind: 'system' };

export interface WfmTarget {
  /** Tried in order; each is `https://host[:port][/prefix]` without a slash at its end. */
  readonly urls: readonly string[];
  readonly trust: Trust;
  /** The kind of key that the throw-away client has. */
  readonly keyType: KeyType;
  /** How long an operator may take to approve, in seconds. */
  readonly waitSeconds: number;
}

/** A client that an operator has to let in. */
export interface PendingClient {
  readonly event: 'pending';
  readonly name: string;
  /** `sha256:<hex>` of the certificate. */
  readonly fingerprint: string;
  /** What a Muster WFM shows of it. */
  readonly words: readonly string[];
  readonly certificate: string;
  /** What the WFM has answered. */
  readonly seen: string;
  /** The WFM has said to ask again; without, it may want the certificate beforehand. */
  readonly isAskedAgain: boolean;
}

/** Keys and a certificate that are thrown away. */
export interface Identity {
  readonly name: string;
  readonly signer: Signer;
  readonly keys: KeyPair;
  readonly certificate: Certificate;
}

export interface Client extends Identity {
  readonly clientId: string;
  readonly status: number;
}

/** The connection that the TLS checks have found. */
export interface Reached {
  readonly url: string;
  readonly protocol: string;
}

function there<T>(value: T | undefined, why: string): T {
  if (value === undefined) throw new MissingGround(why);
  return value;
}

/** Filled by the checks in their order; what is not there makes those skip that need it. */
export class Ground {
  readonly target: WfmTarget;
  readonly signal: AbortSignal;
  readonly onPending: (pending: PendingClient) => void;
  /** Marks everything that this run leaves at the WFM. */
  readonly mark: string;
  /** Why there is nothing more to look at. */
  ended: 'unreachable' | 'untrusted' | undefined;
  /** What to add to this machine's clock, in seconds. */
  offsetSeconds = 0;
  certificateForm: 'base64-pem' | 'base64-der' = 'base64-pem';
  /** How many keys were made. */
  identities = 0;
  /** What was signed in this run. */
  readonly signedBases = new Set<string>();
  /** The WFM removes devices, and says so. */
  tellsAbsence = false;
  #address: string | undefined;
  #reached: Reached | undefined;
  #roots: { readonly roots: Roots } | undefined;
  #wire: Wire | undefined;
  #certificateText: string | undefined;
  #client: Client | undefined;
  #other: Client | undefined;
  #whyNoClient = 'no client was let in';
  whyNoOther = 'no second client was let in';
  isOtherRefused = false;
  #rung: Rung | undefined;

  constructor(
    target: WfmTarget,
    signal: AbortSignal,
    onPending: (pending: PendingClient) => void,
    mark: string,
  ) {
    this.target = target;
    this.signal = signal;
    this.onPending = onPending;
    this.mark = mark;
  }

  get address(): string {
    return there(this.#address, 'there was no connection');
  }

  set address(url: string) {
    this.#address = url;
  }

  get reached(): Reached {
    return there(this.#reached, 'there was no TLS connection');
  }

  set reached(reached: Reached) {
    this.#reached = reached;
  }

  get trusted(): { readonly roots: Roots } {
    return there(this.#roots, 'the WFM was not trusted');
  }

  set trusted(trusted: { readonly roots: Roots }) {
    this.#roots = trusted;
  }

  get wire(): Wire {
    return there(this.#wire, 'the WFM was not trusted');
  }

  set wire(wire: Wire) {
    this.#wire = wire;
  }

  /** What the Certificate API has answered. */
  get certificateText(): string {
    return there(this.#certificateText, 'the Certificate API gave none');
  }

  set certificateText(text: string) {
    this.#certificateText = text;
  }

  /** The first client. */
  get client(): Client {
    return there(this.#client, this.#whyNoClient);
  }

  set client(client: Client) {
    this.#client = client;
  }

  /** Another one, with another kind of key. */
  get other(): Client {
    return there(this.#other, this.#client === undefined ? this.#whyNoClient : this.whyNoOther);
  }

  set other(client: Client) {
    this.#other = client;
  }

  set whyNoClient(why: string) {
    this.#whyNoClient = why;
  }

  /** The shape in which the WFM takes capabilities. */
  get rung(): Rung {
    return there(
      this.#rung,
      this.#client === undefined ? this.#whyNoClient : 'no capabilities were accepted',
    );
  }

  set rung(rung: Rung) {
    this.#rung = rung;
  }

  /** The WFM's time, in seconds since 1970. */
  now(): number {
    return Math.floor(Date.now() / 1000 + this.offsetSeconds);
  }
}
