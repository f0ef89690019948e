/** The connection itself: what the server shows before anything is asked. */
import { connect as connectTcp, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type ConnectionOptions, checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { caPin, decodeCertificates, generateKeyPair, selfSignedDeviceCertificate } from '@muster/pki';
import { isObject, routes } from '@muster/protocol';
import { type Examination, failed, type Finding, MissingGround, passed } from '../report.ts';
import type { Ground } from './ground.ts';
import { jsonOf, type Roots, sendOnce, Wire } from './wire.ts';

const security = 'Margo: API Requirements and Security Details';
const stepTimeout = 10_000;

/** Between TLS and TCP: counts what the client says. */
class Counted extends Duplex {
  readonly #tcp: Socket;
  sent = 0;

  constructor(tcp: Socket) {
    super();
    this.#tcp = tcp;
    tcp.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) tcp.pause();
    });
    tcp.on('end', () => this.push(null));
    tcp.on('error', (error) => this.destroy(error));
  }

  override _read(): void {
    this.#tcp.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.sent += chunk.length;
    this.#tcp.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#tcp.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#tcp.destroy();
    done(error);
  }
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

function openTcp(url: URL, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host: hostOf(url), port: url.port === '' ? 443 : Number(url.port) });
    const stop = (): void => void socket.destroy(new Error('stopped'));
    signal.addEventListener('abort', stop, { once: true });
    socket.setTimeout(stepTimeout, () => socket.destroy(new Error('no connection in time')));
    socket.once('error', reject).once('connect', () => {
      signal.removeEventListener('abort', stop);
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}

/** What one handshake has shown. */
interface Shown {
  readonly protocol: string;
  /** Why the chain does not lead to the given roots, or undefined. */
  readonly mistrust: string | undefined;
  readonly issuer: string;
  /** Bytes that the client has sent until the end. */
  readonly sent: number;
}

function look(tls: TLSSocket, host: string, sent: number): Shown {
  const peer = tls.getPeerCertificate();
  const code = String(tls.authorizationError);
  const mismatch = code.includes('ALTNAME') ? checkServerIdentity(host, peer)?.message : undefined;
  return {
    protocol: tls.getProtocol() ?? 'none',
    mistrust: tls.authorized ? undefined : (mismatch ?? code),
    issuer: String(peer.issuer?.CN ?? peer.issuer?.O ?? 'an unnamed issuer').slice(0, 100),
    sent,
  };
}

/** Shakes hands and says goodbye. @throws what the network or TLS throws */
async function shake(url: URL, options: ConnectionOptions, signal: AbortSignal): Promise<Shown> {
  const tcp = await openTcp(url, signal);
  const counted = new Counted(tcp);
  const host = hostOf(url);
  return new Promise((resolve, reject) => {
    const tls = connect({
      socket: counted,
      host,
      // An address is no server name (RFC 6066 section 3).
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
      ALPNProtocols: ['http/1.1'],
      minVersion: 'TLSv1.2',
      // Looked at, not believed: nothing is sent over this connection.
      rejectUnauthorized: false,
      ...options,
    });
    let shown: Shown | undefined;
    const timer = setTimeout(() => tls.destroy(new Error('no handshake in time')), stepTimeout);
    const end = (error?: Error): void => {
      clearTimeout(timer);
      counted.destroy();
      if (shown === undefined) reject(error ?? new Error('the server has closed the connection'));
      else resolve({ ...shown, sent: counted.sent });
    };
    tls.once('secureConnect', () => {
      shown = look(tls, host, 0);
      // All that belongs to the handshake goes out before the goodbye.
      tls.end(() => setImmediate(() => end()));
    });
    tls.on('error', end).once('close', () => end());
  });
}

const codeOf = (error: unknown): string =>
  error instanceof Error ? ('code' in error ? String(error.code) : error.message) : String(error);

async function connects(ground: Ground): Promise<Finding> {
  const seen: string[] = [];
  for (const text of ground.target.urls) {
    const url = new URL(text);
    try {
      const tcp = await openTcp(url, ground.signal);
      tcp.destroy();
      ground.address = text;
      return passed(`${url.host} accepts connections`);
    } catch (error) {
      seen.push(`${url.host}: ${codeOf(error)}`);
    }
  }
  ground.ended = 'unreachable';
  return failed(seen.join(', '));
}

async function version(ground: Ground): Promise<Finding> {
  const url = ground.address;
  try {
    const { protocol } = await shake(new URL(url), {}, ground.signal);
    ground.reached = { url, protocol };
    return passed(protocol);
  } catch (error) {
    return failed(`no handshake with TLS 1.2 or 1.3: ${codeOf(error)}`);
  }
}

async function refusesOld(ground: Ground): Promise<Finding> {
  const url = new URL(ground.reached.url);
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
  try {
    return failed(`a handshake with ${(await shake(url, old, ground.signal)).protocol}`);
  } catch (error) {
    const code = codeOf(error);
    // A system whose own TLS has none of them left cannot ask.
    if (code.includes('NO_PROTOCOLS')) throw new MissingGround('this machine does not speak TLS 1.1');
    return passed(`no handshake with TLS 1.1: ${code}`);
  }
}

/** The pinned CAs among those that the WFM offers, over a channel that nobody has verified yet. */
async function pinned(ground: Ground, pins: readonly string[]): Promise<readonly string[] | Finding> {
  const url = ground.reached.url + routes.certificate;
  const answer = await sendOnce({ url, method: 'GET', headers: {} }, null, {
    signal: ground.signal,
    patience: stepTimeout,
  });
  const body = jsonOf(answer);
  const text = isObject(body) ? body['certificate'] : undefined;
  const offered = decodeCertificates(typeof text === 'string' ? text : '');
  const found = offered.filter((one) => pins.includes(caPin(one)) && one.isCa);
  if (found.length > 0) return found.map((one) => one.pem);
  return failed(`the Certificate API offers ${offered.map(caPin).join(', ')}`);
}

async function rootsOf(ground: Ground): Promise<Roots | Finding> {
  const { trust } = ground.target;
  if (trust.kind === 'roots') return trust.roots.map((one) => one.pem);
  if (trust.kind === 'system') return undefined;
  return pinned(ground, trust.pins);
}

/** Why a client that believes these roots would not believe the server. @returns undefined when it would */
export async function vouches(url: string, roots: Roots, signal: AbortSignal): Promise<string | undefined> {
  return (await shake(new URL(url), roots == null ? {} : { ca: [...roots] }, signal)).mistrust;
}

async function chain(ground: Ground): Promise<Finding> {
  const { url } = ground.reached;
  // Whatever goes wrong here: nothing may be sent to a server that is not trusted.
  ground.ended = 'untrusted';
  const roots = await rootsOf(ground);
  if (roots !== undefined && roots !== null && 'result' in roots) return roots;
  const shown = await shake(new URL(url), roots == null ? {} : { ca: [...roots] }, ground.signal);
  if (shown.mistrust !== undefined) return failed(`a certificate by ${shown.issuer}: ${shown.mistrust}`);
  ground.ended = undefined;
  ground.trusted = { roots };
  ground.wire = new Wire(roots, ground.signal);
  return passed(`issued by ${shown.issuer}, for ${new URL(url).host}`);
}

/**
 * A client sends its certificate only to a server that asks for one, so it says more to such a server when it has one. The
 * smallest certificate has some hundred bytes; all else in the two handshakes differs by a few.
 */
async function asksForNone(ground: Ground): Promise<Finding> {
  const url = new URL(ground.reached.url);
  const keys = await generateKeyPair('rsa2048');
  const notBefore = new Date(Date.now() - 3_600_000);
  const { pem } = await selfSignedDeviceCertificate({ keys, commonName: ground.mark, notBefore, days: 1 });
  const key = keys.privateKey.export({ format: 'pem', type: 'pkcs8' });
  const without = await shake(url, {}, ground.signal).catch((error: unknown) => codeOf(error));
  if (typeof without === 'string') return failed(`no handshake without a client certificate: ${without}`);
  const having = await shake(url, { cert: pem, key }, ground.signal);
  const more = having.sent - without.sent;
  return more > 300
    ? failed(`a client that has a certificate sends ${more} bytes more: it was asked for it`)
    : passed('no CertificateRequest: a client that has a certificate sends none');
}

export const tlsChecks: readonly Examination<Ground>[] = [
  {
    id: 'tls.reachable',
    title: 'The WFM accepts connections at its address',
    level: 'must',
    source: security,
    expected: 'a TCP connection',
    nextStep: 'Check the address, the network and whether the WFM runs.',
    look: connects,
  },
  {
    id: 'tls.version',
    title: 'The WFM speaks TLS 1.3 or 1.2',
    level: 'must',
    source: security,
    expected: 'TLS 1.3, or 1.2',
    nextStep: 'Check that the port is that of the WFM; allow TLS 1.3.',
    look: version,
  },
  {
    id: 'tls.version-1-3',
    title: 'The WFM speaks TLS 1.3',
    level: 'should',
    source: security,
    expected: 'TLSv1.3',
    nextStep: 'Allow TLS 1.3 on the WFM and on what stands in front of it.',
    look: async ({ reached: { protocol } }) => (protocol === 'TLSv1.3' ? passed : failed)(protocol),
  },
  {
    id: 'tls.old-versions-refused',
    title: 'TLS 1.0 and 1.1 are refused',
    level: 'must',
    source: `${security}; RFC 8996 sections 4 and 5`,
    expected: 'no handshake',
    nextStep: 'Set the lowest TLS version to 1.3, or to 1.2.',
    look: refusesOld,
  },
  {
    id: 'tls.chain',
    title: "The server's chain leads to the trust anchor, and is for this host",
    level: 'must',
    source: `${security}; RFC 5280 section 6`,
    expected: 'a chain to the given CA, for the name in the URL',
    nextStep:
      'Give the right root CA (--ca-file, --ca-pin), or let the WFM show a chain to it; its certificate must have the name in the URL.',
    look: chain,
  },
  {
    id: 'tls.no-client-certificate',
    title: 'The server asks for no client certificate',
    // The standard says that none is used; that none may be asked for, it does not say.
    level: 'should',
    source: security,
    expected: 'no CertificateRequest in the handshake',
    nextStep: 'Switch client certificates off: the client proves itself by its signatures.',
    look: asksForNone,
  },
];
