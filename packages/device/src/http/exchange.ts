/** One HTTP/1.1 exchange over TLS 1.3, direct or through a tunnel: bounded, never redirected, never compressed. */
import { type RequestOptions, request as httpsRequest } from 'node:https';
import { type ConnectionOptions, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { DeviceClock } from '../clock/clock.ts';
import { DeviceError, stopped } from '../errors.ts';
import type { Anchors } from './anchors.ts';
import type { Answer } from './answer.ts';
import { Limit } from './limit.ts';
import { openTunnel, proxyFor } from './proxy.ts';

interface Exchange {
  readonly url: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly anchors: Anchors;
  /** With it, an impossible local clock is no reason to refuse; without it, OpenSSL's judgement by that clock stands. */
  readonly clock?: DeviceClock | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMilliseconds?: number;
}

const maximumAnswer = 1_048_576;
const defaultTimeout = 30_000;

const trustTroubles: Readonly<Record<string, readonly [string, string]>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'The server certificate is for another host name.',
    'Use the URL with a name that the certificate has, or add the name to the WFM: --public-url',
  ],
  CERT_HAS_EXPIRED: [
    'The server certificate has expired, or the clock of this device is wrong.',
    'Renew the certificate on the WFM, and check the date on this device.',
  ],
  CERT_NOT_YET_VALID: [
    'The server certificate is not valid yet, or the clock of this device is wrong.',
    'Check the date on this device.',
  ],
};
const unknownIssuer = [
  'The server certificate was not issued by the CA that this device trusts; a proxy that inspects TLS looks like this, too.',
  'Check the address, and compare the pin with the one the WFM shows: muster wfm join-string',
] as const;

const issuerCodes = /SELF_SIGNED|UNABLE_TO|CERT_(?:UNTRUSTED|SIGNATURE|REJECTED|CHAIN)|INVALID_CA/;

/** Whether a certificate was refused because of who has issued it. */
export function isUnknownIssuer(error: DeviceError): boolean {
  return error.code === 'trust' && issuerCodes.test(error.seen ?? '');
}

/** Names a connection error: not to be trusted, or not to be reached. */
export function connectionError(error: unknown, url: string): DeviceError {
  if (error instanceof DeviceError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const trouble = trustTroubles[code] ?? (issuerCodes.test(code) ? unknownIssuer : undefined);
  if (trouble !== undefined)
    return new DeviceError('trust', trouble[0], {
      seen: code,
      expected: `a trusted certificate for ${new URL(url).host}`,
      nextStep: trouble[1],
      cause: error,
    });
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') {
    return new DeviceError('trust', 'The server does not speak TLS 1.3.', {
      seen: code,
      expected: 'TLS 1.3',
      nextStep: 'Check the address and port, and what stands between.',
      cause: error,
    });
  }
  if (code.startsWith('HPE_'))
    return new DeviceError(
      'unreachable',
      `What answers at ${new URL(url).host} does not speak HTTP as a WFM does.`,
      {
        seen: code,
        expected: 'an HTTP/1.1 answer',
        nextStep: 'Check the address and port, and what stands between.',
        cause: error,
      },
    );
  return new DeviceError('unreachable', `The WFM at ${new URL(url).host} cannot be reached.`, {
    seen: code || String(error),
    expected: 'a connection',
    nextStep: 'Check the address, the network and whether the WFM runs.',
    cause: error,
  });
}

const validityCodes = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/**
 * Learns the time from the server, once for each process, when the local clock is impossible. What is sent for it holds
 * nothing of the device.
 * @throws DeviceError `trust`, `unreachable`
 */
export async function settleClock(
  o: Pick<Exchange, 'url' | 'anchors' | 'signal' | 'timeoutMilliseconds'>,
  clock: DeviceClock,
): Promise<number> {
  if (clock.trusted !== null) return clock.trusted;
  const asked = { ...o, url: `${new URL(o.url).origin}/`, method: 'GET' };
  const { believeStated } = await import('./judged.ts');
  let stated = Number.NaN;
  const { peerNotAfter } = await send(asked, {
    at: null,
    onHead: (socket, date) => {
      stated = believeStated(socket, hostOf(new URL(o.url)), o.anchors, date, clock);
    },
  });
  await clock.hear(stated, peerNotAfter);
  return stated;
}

/**
 * Sends one request and reads the whole answer, at most 1 MiB and within the time-out.
 * @throws DeviceError `trust`, `unreachable`, `protocol`, `aborted`
 */
export async function exchange(o: Exchange): Promise<Answer> {
  const { clock, anchors } = o;
  if (clock === undefined || anchors.kind === 'none') return send(o, null);
  const heard = async (answer: Answer): Promise<Answer> => {
    await clock.hear(Date.parse(answer.headers['date'] ?? ''), answer.peerNotAfter);
    return answer;
  };
  // A clock that is behind could take an expired certificate for a good one: it never judges.
  if (clock.verdict !== 'too-early') {
    try {
      return await heard(await send(o, null));
    } catch (error) {
      const isValidity = error instanceof DeviceError && validityCodes.has(error.seen ?? '');
      if (!isValidity || clock.verdict !== 'too-late') throw error;
    }
  }
  return heard(await send(o, { at: await settleClock(o, clock) }));
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

/** Not by OpenSSL and the local clock: at a moment, or, while there is none, by what the answer's head says. */
interface Judged {
  readonly at: number | null;
  readonly onHead?: (socket: TLSSocket, date: string | undefined) => void;
}

async function send(o: Exchange, judged: Judged | null): Promise<Answer> {
  const limit = new Limit(o.timeoutMilliseconds ?? defaultTimeout, o.signal);
  try {
    return await sendWithin(limit, o, judged);
  } finally {
    limit.end();
  }
}

let context: { readonly of: string; readonly made: SecureContext } | undefined;

/** The last one is kept: a daemon speaks with one WFM, and each context takes memory outside of the heap until it is collected. */
function contextOf(anchors: Anchors): SecureContext {
  const ca = anchors.kind === 'ca' ? [...anchors.pem, ...(anchors.also ?? [])] : undefined;
  const of = ca?.join('\n') ?? '';
  if (context?.of !== of)
    context = {
      of,
      made: createSecureContext({ minVersion: 'TLSv1.3', ...(ca === undefined ? {} : { ca }) }),
    };
  return context.made;
}

async function sendWithin(limit: Limit, o: Exchange, judged: Judged | null): Promise<Answer> {
  const url = new URL(o.url);
  if (url.protocol !== 'https:') {
    throw new DeviceError('usage', 'The WFM is reached by https only.', {
      seen: o.url,
      expected: 'https://…',
      nextStep: 'Give the https URL of the WFM.',
    });
  }
  const { signal } = limit;
  const named = (error: unknown): DeviceError => {
    if (o.signal?.aborted === true) return stopped(error);
    if (!limit.isLate || error instanceof DeviceError) return connectionError(error, o.url);
    return new DeviceError('unreachable', `The WFM at ${url.host} has not answered in time.`, {
      seen: `no whole answer within ${(o.timeoutMilliseconds ?? defaultTimeout) / 1000} s`,
      expected: 'an answer',
      nextStep: 'Check the network and whether the WFM runs.',
      cause: error,
    });
  };
  const proxy = proxyFor(url, process.env);
  const tunnel =
    proxy === null
      ? undefined
      : await openTunnel(url, proxy, signal).catch((error: unknown) => {
          throw named(error);
        });
  const host = hostOf(url);
  const port = url.port === '' ? 443 : Number(url.port);
  let socket: TLSSocket | undefined;
  if (judged !== null) {
    const { connectJudged } = await import('./judged.ts');
    const { anchors } = o;
    socket = await connectJudged({ host, port, tunnel, anchors, at: judged.at, signal }).catch(
      (error: unknown) => {
        tunnel?.destroy();
        throw named(error);
      },
    );
  }
  return new Promise<Answer>((resolve, reject) => {
    const fail = (error: unknown): void => {
      tunnel?.destroy();
      socket?.destroy();
      reject(named(error));
    };
    const options: RequestOptions & ConnectionOptions = {
      host,
      port,
      path: url.pathname + url.search,
      method: o.method,
      headers: {
        ...o.headers,
        host: url.host,
        ...(o.body === undefined ? {} : { 'content-length': String(o.body.length) }),
      },
      // A connection of our own is used only where no agent is named.
      ...(socket === undefined ? { agent: false } : { createConnection: () => socket }),
      ...(tunnel === undefined ? {} : { socket: tunnel }),
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: o.anchors.kind !== 'none',
      secureContext: contextOf(o.anchors),
      signal,
    };
    const outgoing = httpsRequest(options, (incoming) => {
      try {
        judged?.onHead?.(incoming.socket as TLSSocket, incoming.headers.date);
      } catch (error) {
        incoming.destroy();
        fail(error);
        return;
      }
      const peer = (incoming.socket as TLSSocket).getPeerCertificate();
      const peerFingerprint = peer.fingerprint256?.replace(/:/g, '').toLowerCase() ?? '';
      const peerIssuer = String(peer.issuer?.CN ?? peer.issuer?.O ?? 'an unnamed issuer').slice(0, 100);
      const chunks: Buffer[] = [];
      let length = 0;
      incoming.on('data', (chunk: Buffer) => {
        length += chunk.length;
        chunks.push(chunk);
        if (length > maximumAnswer) {
          incoming.destroy(
            new DeviceError('protocol', 'The answer does not end.', {
              seen: `more than ${maximumAnswer} bytes`,
              expected: 'a short answer',
              nextStep: 'Check that the URL is that of a WFM.',
            }),
          );
        }
      });
      incoming.on('error', fail);
      incoming.on('end', () => {
        const headers: Record<string, string> = {};
        for (const [name, value] of Object.entries(incoming.headers))
          headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
        resolve({
          status: incoming.statusCode ?? 0,
          headers,
          body: Buffer.concat(chunks),
          peerFingerprint,
          peerIssuer,
          peerNotAfter: Date.parse(peer.valid_to),
        });
      });
    });
    outgoing.on('error', fail);
    outgoing.end(o.body);
  });
}
