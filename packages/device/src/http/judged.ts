/**
 * TLS for a device whose clock is impossible. OpenSSL judges by that clock and can only refuse; here the whole path, the
 * host name and the purpose are judged as always, and the validity alone at a time that is stated or known.
 */
import type { Duplex } from 'node:stream';
import {
  checkServerIdentity,
  connect,
  type DetailedPeerCertificate,
  getCACertificates,
  type TLSSocket,
} from 'node:tls';
import {
  type Certificate,
  CertificateError,
  decodeCertificates,
  parseCertificate,
  PathError,
  validatePath,
} from '@muster/pki';
import type { DeviceClock } from '../clock/clock.ts';
import { judgeStatedTime } from '../clock/judge.ts';
import { DeviceError } from '../errors.ts';
import type { Anchors } from './anchors.ts';

const longestChain = 8;

const iso = (time: number): string => new Date(time).toISOString();

function anchorsOf(anchors: Anchors): Certificate[] {
  if (anchors.kind === 'none') return [];
  const pems = anchors.kind === 'ca' ? [...anchors.pem, ...(anchors.also ?? [])] : getCACertificates();
  return pems.flatMap((pem) => {
    try {
      return decodeCertificates(pem);
    } catch (error) {
      // A root of the system that cannot be read vouches for nobody.
      if (error instanceof CertificateError && anchors.kind === 'system') return [];
      throw error;
    }
  });
}

/** The certificates that the server has sent, its own first. */
function sentChain(socket: TLSSocket): [Certificate, ...Certificate[]] {
  const chain: Certificate[] = [];
  const seen = new Set<string>();
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (next?.raw !== undefined && !seen.has(next.fingerprint256) && chain.length < longestChain) {
    seen.add(next.fingerprint256);
    chain.push(parseCertificate(next.raw));
    next = next.issuerCertificate;
  }
  const [leaf, ...rest] = chain;
  if (leaf === undefined) throw new Error('the server has sent no certificate');
  return [leaf, ...rest];
}

function untrusted(message: string, seen: string, expected: string, nextStep: string): DeviceError {
  return new DeviceError('trust', message, { seen, expected, nextStep });
}

/** Verifies all that a server has shown, at a moment. @returns the path, the root last @throws DeviceError `trust` */
function verify(socket: TLSSocket, host: string, anchors: Anchors, at: number): Certificate[] {
  try {
    const [leaf, ...rest] = sentChain(socket);
    const mismatch = checkServerIdentity(host, socket.getPeerCertificate());
    if (mismatch !== undefined) throw mismatch;
    return validatePath(leaf, rest, anchorsOf(anchors), {
      now: new Date(at),
      purpose: 'serverAuth',
      hostName: host,
    });
  } catch (error) {
    if (error instanceof PathError || error instanceof CertificateError)
      throw new DeviceError('trust', error.message, {
        seen: error.seen ?? error.code,
        expected: error.expected ?? 'a trusted certificate',
        nextStep:
          error.code === 'expired' || error.code === 'not-yet-valid'
            ? 'Renew the certificate on the WFM, and set the clock of this device.'
            : 'Compare the pin with the one the WFM shows: muster wfm join-string',
        cause: error,
      });
    throw error;
  }
}

/**
 * Connects, and verifies before anything is sent.
 * @param at milliseconds since 1970; null to verify nothing yet, for a question without secrets that
 * {@link believeStated} judges by its answer
 * @throws DeviceError `trust`, and what the network throws
 */
export function connectJudged(o: {
  readonly host: string;
  readonly port: number;
  readonly tunnel: Duplex | undefined;
  readonly anchors: Anchors;
  readonly at: number | null;
  readonly signal: AbortSignal;
}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...(o.tunnel === undefined ? { host: o.host, port: o.port } : { socket: o.tunnel, host: o.host }),
      minVersion: 'TLSv1.3',
      ALPNProtocols: ['http/1.1'],
      // OpenSSL knows only the impossible clock; verify() does all that it would do.
      rejectUnauthorized: false,
    });
    const stop = (): void => void socket.destroy(new Error('no answer in time'));
    o.signal.addEventListener('abort', stop, { once: true });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      o.signal.removeEventListener('abort', stop);
      try {
        if (o.at !== null) verify(socket, o.host, o.anchors, o.at);
        socket.removeListener('error', reject);
        resolve(socket);
      } catch (error) {
        socket.destroy();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
}

/**
 * Judges the time that a server states over a connection of {@link connectJudged}.
 * @returns milliseconds since 1970
 * @throws DeviceError `trust` that says which rule stands against it
 */
export function believeStated(
  socket: TLSSocket,
  host: string,
  anchors: Anchors,
  date: string | undefined,
  clock: DeviceClock,
): number {
  const { lowerBound } = clock;
  const at = Date.parse(date ?? '');
  const chain = Number.isNaN(at) ? [] : verify(socket, host, anchors, at);
  const stated = judgeStatedTime({ date, lowerBound, chain });
  const seen = `the server says ${date?.slice(0, 40) ?? 'nothing'}; this clock ${iso(clock.local())}`;
  switch (stated.verdict) {
    case 'believed':
      return stated.time;
    case 'expired-for-good':
      throw untrusted(
        'The server certificate has expired for good; this device has seen a later date.',
        `expired ${iso(stated.at)}`,
        `valid after ${iso(lowerBound)}`,
        'Renew the certificate on the WFM; if it is good, somebody else answers here.',
      );
    case 'before-bound':
      throw untrusted(
        'The server states a time before one that this device has seen.',
        seen,
        `after ${iso(lowerBound)}`,
        `Check the clock of the WFM; if it is right, remove ${clock.path}, which once learned a wrong date.`,
      );
    case 'outside-validity':
    case 'no-time':
      throw untrusted(
        'The clock of this device is impossible, and the server gives no time at which its certificates are valid.',
        seen,
        'a Date within the validity of all certificates',
        'Renew the certificate on the WFM, and set the clock of this device.',
      );
  }
}
