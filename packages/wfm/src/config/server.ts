/** Where the WFM keeps its data, where it listens, and how much it takes on. */
import ipaddr from 'ipaddr.js';
import { type Row, SettingsError } from './setting.ts';

export interface ServerSettings {
  readonly data: string;
  readonly deviceListen: string;
  readonly operatorListen: string;
  readonly publicUrls: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly database: string | null;
  readonly databaseStatementSeconds: number;
  readonly maxConnections: number;
  readonly maxRequests: number;
  readonly console: string | null;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

export const serverSettings: ReadonlyArray<Row<keyof ServerSettings>> = [
  {
    name: 'data',
    flag: 'data',
    kind: 'text',
    fallback: './.muster/wfm',
    help: 'folder for the CA, the embedded database and the operator token',
  },
  {
    name: 'deviceListen',
    flag: 'device-listen',
    kind: 'text',
    fallback: '0.0.0.0:8443',
    help: 'where devices connect, HOST:PORT',
  },
  {
    name: 'operatorListen',
    flag: 'operator-listen',
    kind: 'text',
    fallback: '127.0.0.1:8444',
    help: 'where operators connect, HOST:PORT',
  },
  {
    name: 'publicUrls',
    flag: 'public-url',
    kind: 'list',
    fallback: [],
    help: 'external https origin, with an optional path prefix, that devices sign; may be repeated',
  },
  {
    name: 'trustedProxies',
    flag: 'trusted-proxy',
    kind: 'list',
    fallback: [],
    help: 'address or CIDR of a proxy whose forwarded headers may choose among the public URLs; may be repeated',
  },
  {
    name: 'database',
    flag: 'database',
    kind: 'text',
    fallback: null,
    help: 'postgres://… instead of the embedded database',
  },
  {
    name: 'databaseStatementSeconds',
    flag: 'database-statement-seconds',
    kind: 'seconds',
    fallback: 30,
    help: 'how long PostgreSQL may take for one statement before it is ended (503); 0 for as long as it takes',
  },
  {
    name: 'maxConnections',
    flag: 'max-connections',
    kind: 'count',
    fallback: 10_000,
    help: 'open connections of devices; more are closed at once',
  },
  {
    name: 'maxRequests',
    flag: 'max-requests',
    kind: 'count',
    fallback: 2_000,
    help: 'requests of devices in progress; more are told to come again (503, Retry-After)',
  },
  {
    name: 'console',
    flag: 'console',
    kind: 'text',
    fallback: null,
    help: 'folder of the built console that operators are served below /console/',
  },
  {
    name: 'logLevel',
    flag: 'log-level',
    kind: ['debug', 'info', 'warn', 'error', 'silent'],
    fallback: 'info',
    help: 'what is logged to stderr, as JSON lines',
  },
];

/** Splits HOST:PORT. @throws SettingsError */
export function parseListen(flag: string, text: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):([0-9]{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw new SettingsError(flag, text, 'HOST:PORT, such as 0.0.0.0:8443');
  return { host: match[1] ?? match[2] ?? '', port };
}

/** @throws SettingsError */
export function checkServer(settings: ServerSettings): void {
  const { publicUrls, trustedProxies, deviceListen, operatorListen, database } = settings;
  for (const url of publicUrls) {
    if (!URL.canParse(url) || new URL(url).protocol !== 'https:' || /[?#]/.test(url))
      throw new SettingsError('public-url', url, 'an https URL without query');
  }
  for (const proxy of trustedProxies)
    if (!ipaddr.isValid(proxy) && !ipaddr.isValidCIDR(proxy))
      throw new SettingsError('trusted-proxy', proxy, 'an IP address or CIDR, such as 10.0.0.0/8');
  parseListen('device-listen', deviceListen);
  parseListen('operator-listen', operatorListen);
  // The rest of the URL may hold a password.
  if (database !== null && !/^postgres(?:ql)?:\/\//.test(database))
    throw new SettingsError('database', database.split(':')[0] ?? '', 'a postgres:// URL');
}
