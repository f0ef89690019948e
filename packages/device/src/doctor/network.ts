/** The way to the WFM, step by step: proxy, name, connection, TLS, certificate. */
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls';
import type { Anchors } from '../http/anchors.ts';
import { openTunnel, proxyFor } from '../http/proxy.ts';
import { type Check, fail, pass, skip, warn } from '@muster/protocol';
import { failed } from './check.ts';

const day = 86_400_000;
const stepTimeout = 10_000;

async function direct(url: URL, host: string, signal: AbortSignal): Promise<Socket> {
  const socket = connectTcp({ host, port: url.port === '' ? 443 : Number(url.port) });
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      socket.destroy(new Error('no answer in time'));
    };
    signal.addEventListener('abort', stop, { once: true });
    socket.once('error', reject).once('connect', () => {
      signal.removeEventListener('abort', stop);
      resolve(socket);
    });
  });
}

function handshake(
  socket: Duplex,
  host: string,
  anchors: Anchors,
  minVersion: 'TLSv1.2' | 'TLSv1.3',
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const tls = connectTls({
      socket,
      host,
      // Looked at, not believed: nothing is sent over this connection.
      rejectUnauthorized: false,
      minVersion,
      ...(anchors.kind === 'ca' ? { ca: [...anchors.pem, ...(anchors.also ?? [])] } : {}),
    });
    tls.setTimeout(stepTimeout, () => tls.destroy(new Error('no answer in time')));
    tls.once('error', reject).once('secureConnect', () => resolve(tls));
  });
}

function certificateChecks(tls: TLSSocket, host: string, now: number): Check[] {
  const peer = tls.getPeerCertificate();
  const issuer = String(peer.issuer?.CN ?? peer.issuer?.O ?? 'an unnamed issuer');
  const code = String(tls.authorizationError ?? '');
  const mismatch = checkServerIdentity(host, peer);
  const isChain = code !== '' && !/ALTNAME|EXPIRED|NOT_YET/.test(code);
  const [from, to] = [Date.parse(peer.valid_from), Date.parse(peer.valid_to)];
  const until = Number.isNaN(to) ? 'an unknown date' : new Date(to).toISOString().slice(0, 10);
  const renew = 'Renew the certificate on the WFM, and check the date on this device.';
  return [
    isChain
      ? fail(
          'chain',
          `a certificate by ${issuer} (${code})`,
          'A proxy that inspects TLS, or another CA: compare the pin with muster wfm join-string, and join again.',
        )
      : pass('chain', `issued by ${issuer}`),
    mismatch === undefined
      ? pass('host name', host)
      : fail(
          'host name',
          `the certificate is not for ${host}`,
          'Use a name that the certificate has, or add the name to the WFM: --public-url',
        ),
    to < now
      ? fail('server certificate', `expired on ${until}`, renew)
      : from > now
        ? fail('server certificate', 'not valid yet', 'Check the date on this device.')
        : to - now < 7 * day
          ? warn('server certificate', `ends on ${until}`, renew)
          : pass('server certificate', `valid until ${until}`),
  ];
}

/** What a system says that knows no way to an address, before anything is sent. */
const noRoute = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL']);

/** Without a proxy: the name, the route, the connection. @returns undefined when one of them fails */
async function reach(
  url: URL,
  host: string,
  checks: Check[],
  signal: AbortSignal,
): Promise<Socket | undefined> {
  let address: string;
  try {
    ({ address } = await lookup(host));
    checks.push(pass('DNS', `${host} is ${address}`));
  } catch (error) {
    checks.push(failed('DNS', error, 'Check the name and the name servers (/etc/resolv.conf).'));
    return undefined;
  }
  try {
    const socket = await direct(url, address, signal);
    checks.push(
      pass('route', `from ${socket.localAddress ?? ''}`),
      pass('TCP', `${address} port ${url.port || '443'} accepts`),
    );
    return socket;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (noRoute.has(code)) {
      checks.push(
        failed('route', error, 'Check the network interface, its address and the gateway (ip route).'),
        skip('TCP', 'there is no way to the address'),
      );
      return undefined;
    }
    checks.push(
      code === 'ECONNREFUSED' ? pass('route', `${address} answers`) : skip('route', `${address} is silent`),
      failed('TCP', error, 'Check that the WFM runs, its port, and the firewalls in between.'),
    );
    return undefined;
  }
}

/** Checks the way to the WFM. Nothing is sent over it. */
export async function networkChecks(
  { wfm, anchors }: { readonly wfm: string; readonly anchors: Anchors },
  now: number,
  stop: AbortSignal | undefined,
): Promise<Check[]> {
  const url = new URL(wfm);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const checks: Check[] = [];
  let socket: Duplex | undefined;
  try {
    let proxy: URL | null;
    try {
      proxy = proxyFor(url, process.env);
    } catch (error) {
      return [failed('proxy', error, '')];
    }
    const late = AbortSignal.timeout(stepTimeout);
    const signal = stop === undefined ? late : AbortSignal.any([stop, late]);
    if (proxy === null) {
      checks.push(pass('proxy', 'none for this WFM'));
      socket = await reach(url, host, checks, signal);
      if (socket === undefined) return checks;
    } else {
      try {
        socket = await openTunnel(url, proxy, signal);
        checks.push(pass('proxy', `${proxy.host} connects to ${url.host}`));
        for (const name of ['DNS', 'route', 'TCP']) checks.push(skip(name, 'left to the proxy'));
      } catch (error) {
        checks.push(failed('proxy', error, ''));
        return checks;
      }
    }
    try {
      // Down to 1.2, so that an older peer can be named.
      const tls = await handshake(socket, host, anchors, 'TLSv1.2');
      socket = tls;
      const version = tls.getProtocol() ?? 'none';
      checks.push(
        version === 'TLSv1.3'
          ? pass('TLS version', version)
          : fail('TLS version', version, 'Allow TLS 1.3 on the WFM and on what stands in front of it.'),
        ...certificateChecks(tls, host, now),
      );
    } catch (error) {
      checks.push(failed('TLS version', error, 'Check the address and port, and what stands between.'));
    }
    return checks;
  } finally {
    socket?.destroy();
  }
}
