/** HTTP CONNECT proxies, chosen by HTTPS_PROXY and NO_PROXY as other programs do. */
import { BlockList, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { DeviceError } from '../errors.ts';

type ProxyEnvironment = Readonly<Record<string, string | undefined>>;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

const bare = (host: string): string => host.replace(/^\[|\]$/g, '').toLowerCase();

function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host === 'localhost' || host.endsWith('.localhost');
  return loopback.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

function isExempt(url: URL, list: string): boolean {
  const host = bare(url.hostname);
  const port = url.port === '' ? '443' : url.port;
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const withPort = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry);
      if (withPort !== null && withPort[2] !== port) return false;
      const name = bare(withPort?.[1] ?? entry).replace(/^\*?\./, '');
      return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
    });
}

/**
 * The proxy for a URL, or null for a direct connection. This machine itself is never reached through a proxy.
 * @throws DeviceError `usage` when HTTPS_PROXY cannot be used
 */
export function proxyFor(url: URL, env: ProxyEnvironment): URL | null {
  const setting = env['https_proxy'] || env['HTTPS_PROXY'];
  if (setting === undefined || setting === '' || isLoopback(bare(url.hostname))) return null;
  if (isExempt(url, env['no_proxy'] || env['NO_PROXY'] || '')) return null;
  const text = setting.includes('://') ? setting : `http://${setting}`;
  if (!URL.canParse(text) || new URL(text).protocol !== 'http:') {
    throw new DeviceError('usage', 'HTTPS_PROXY names no HTTP proxy.', {
      // Without what stands before @: it may be a password.
      seen: setting.replace(/^.*@/, '…@').slice(0, 100),
      expected: 'http://[user:password@]host:port',
      nextStep: 'Correct HTTPS_PROXY, or exempt the WFM by NO_PROXY.',
    });
  }
  return new URL(text);
}

function unreachable(message: string, seen: string, nextStep: string, cause?: unknown): DeviceError {
  return new DeviceError('unreachable', message, { seen, expected: 'a tunnel', nextStep, cause });
}

function credential(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A bare % that escapes nothing is meant as it stands.
    return text;
  }
}

function statusError(status: number, proxy: URL, target: string): DeviceError {
  if (status !== 407)
    return unreachable(
      `The proxy ${proxy.host} does not connect to ${target}.`,
      `status ${status}`,
      'Ask the proxy’s administrator to allow this connection, or exempt the WFM by NO_PROXY.',
    );
  const had = proxy.username !== '';
  return unreachable(
    `The proxy ${proxy.host} ${had ? 'refuses the credentials' : 'wants credentials'}.`,
    'status 407',
    'Put them into HTTPS_PROXY: http://user:password@host:port',
  );
}

/**
 * Opens a tunnel through a proxy (RFC 9110 section 9.3.6).
 * @throws DeviceError `unreachable` that names the proxy
 */
export async function openTunnel(url: URL, proxy: URL, signal: AbortSignal): Promise<Duplex> {
  // As an ES module it brings all of undici along, some megabytes that a device without a proxy does not need.
  const { request } = await import('node:http');
  const target = `${url.hostname}:${url.port === '' ? '443' : url.port}`;
  const login = `${credential(proxy.username)}:${credential(proxy.password)}`;
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: bare(proxy.hostname),
      port: proxy.port === '' ? 80 : Number(proxy.port),
      method: 'CONNECT',
      path: target,
      headers: {
        host: target,
        ...(proxy.username === ''
          ? {}
          : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }),
      },
      agent: false,
      signal,
    });
    outgoing.on('connect', (answer, socket, head) => {
      if (answer.statusCode === 200) {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(statusError(answer.statusCode ?? 0, proxy, target));
    });
    outgoing.on('error', (error) =>
      reject(
        unreachable(
          `The proxy ${proxy.host} cannot be reached.`,
          'code' in error ? String(error.code) : error.message,
          'Check HTTPS_PROXY and the network, or exempt the WFM by NO_PROXY.',
          error,
        ),
      ),
    );
    outgoing.end();
  });
}
