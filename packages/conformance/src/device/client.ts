/** The check of a client from outside: a small WFM of its own that it joins, and scenes that are played to it. */
import { createHash, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { caPin } from '@muster/pki';
import { encodeJoinString } from '@muster/protocol';
import { type Outcome, summarize, type Summary } from '../report.ts';
import { certificateAnswer } from './answers.ts';
import { type Guise, makeAuthorities } from './authority.ts';
import { bad } from './checks.ts';
import { Impostor } from './impostor.ts';
import { Judge, type PublicAddress } from './judge.ts';
import { Ledger } from './ledger.ts';
import { listen, type Reply } from './listener.ts';
import { type Received, routeOf } from './received.ts';
import { GoneError, Patience, type Waiting } from './patience.ts';
import { playScenes, type SceneName } from './scenes.ts';
import { Stage, Visit } from './stage.ts';

/** Told when the client may come. */
export interface Ready {
  readonly event: 'ready';
  readonly url: string;
  readonly joinString: string;
  readonly caPin: string;
  /** PEM. */
  readonly ca: string;
}

export interface ClientCheckOptions {
  readonly listen: { readonly host: string; readonly port: number };
  /** The https origin, with an optional path prefix, that the client reaches; by default that of the listener. */
  readonly publicUrl?: string | undefined;
  readonly scenes: ReadonlySet<SceneName>;
  /** How long each scene waits for the client, in seconds. */
  readonly waitSeconds: number;
  /** What the client is told to wait, in seconds; default 2. */
  readonly retryAfterSeconds?: number | undefined;
  /** How long the client has to fall for the wrong server, in seconds; default 2. Half of it is silence. */
  readonly lingerSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onReady: (ready: Ready) => void | Promise<void>;
  readonly onWaiting: (waiting: Waiting) => void;
  readonly onOutcome: (outcome: Outcome) => void;
}

export interface ClientReport extends Summary {
  /** Why most could not be looked at: nobody came, or whoever came closed the connection without a request. */
  readonly ended: 'unreachable' | 'untrusted' | null;
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** @throws TypeError for what is no URL */
function addressOf(publicUrl: string): PublicAddress {
  const url = new URL(publicUrl);
  const hostName = url.hostname.replace(/^\[|\]$/g, '');
  return {
    origin: url.origin,
    prefix: url.pathname.replace(/\/+$/, ''),
    authority: url.host,
    hostName,
    isIp: isIP(hostName) !== 0,
  };
}

/** URL-safe, with all that a path takes unchanged: whoever takes it for a UUID or changes its case is found out. */
const makeClientId = (): string => `Client.${randomBytes(8).toString('hex')}_aZ-9`;

/**
 * Waits for a client, plays the scenes to it, and judges all that it sends.
 * @throws ListenError for an address that cannot be listened at
 */
export async function checkClient(o: ClientCheckOptions): Promise<ClientReport> {
  const ledger = new Ledger(o.onOutcome);
  const named = o.publicUrl ?? `https://${bracketed(o.listen.host)}`;
  const host = addressOf(named).hostName;
  const authorities = await makeAuthorities(host);
  const { ca } = authorities.own;
  const stopping = new AbortController();
  const signal = o.signal === undefined ? stopping.signal : AbortSignal.any([o.signal, stopping.signal]);
  const { waitSeconds, lingerSeconds = 2, onWaiting } = o;
  const patience = new Patience({ waitSeconds, signal, onWaiting });
  const stage = new Stage(patience);
  const impostor = new Impostor({
    authorities,
    show: (guise) => listener.show(guise),
    patience,
    lingerSeconds,
    signal,
  });
  const contact = { connections: 0, requests: 0 };
  let judge: Judge | undefined;
  let prefix = '';

  async function onRequest(request: Received, reply: Reply, guise: Guise): Promise<void> {
    const route = routeOf(request.url, prefix);
    if (guise !== 'own') return impostor.take(request, route, reply, guise);
    contact.requests++;
    await judge?.judge(request, route, stage.clientId).catch((error: unknown) => {
      // What nobody has foreseen is told with the rest, and ends nothing.
      const name = route.kind === 'onboarding' ? 'document' : 'http';
      ledger.note(bad(name, `${request.method} ${request.url} cannot be judged: ${String(error)}`));
    });
    if (route.kind === 'certificate' && request.method === 'GET') return reply(certificateAnswer(ca));
    return stage.enter(new Visit(request, route, reply));
  }

  const listener = await listen(o.listen, authorities, {
    onRequest: (request, reply, guise) => void onRequest(request, reply, guise),
    onClosed: (guise) => {
      if (guise === 'own') contact.connections++;
      else impostor.closed(guise);
    },
    onHandshakeFailed: (code, guise) => {
      if (guise === 'own' && /UNSUPPORTED_PROTOCOL|WRONG_VERSION/.test(code))
        ledger.note(bad('tlsVersion', code));
    },
    onMalformed: (code) => ledger.note(bad('http', code)),
  });
  try {
    const address = addressOf(o.publicUrl ?? `${named}:${listener.port}`);
    ({ prefix } = address);
    judge = new Judge(address, ledger);
    const url = address.origin + prefix;
    const pin = caPin(ca);
    const joinString = encodeJoinString({ urls: [url], pins: [pin] }, sha256);
    await o.onReady({ event: 'ready', url, joinString, caPin: pin, ca: ca.pem });
    await playScenes({
      stage,
      ledger,
      impostor,
      scenes: o.scenes,
      clientId: makeClientId(),
      retryAfterSeconds: o.retryAfterSeconds ?? 2,
      silenceSeconds: lingerSeconds / 2,
      signal,
    });
  } catch (error) {
    if (!(error instanceof GoneError)) throw error;
    // Somebody spoke to this server, and never asked to be onboarded.
    if (contact.requests > 0 && !error.isStopped) ledger.settle(bad('onboardingArrives', error.message));
  } finally {
    stopping.abort();
    await listener.close();
  }
  ledger.close();
  const turnedAway = contact.connections > 0 ? 'untrusted' : 'unreachable';
  return { ...summarize(ledger.outcomes), ended: contact.requests > 0 ? null : turnedAway };
}
