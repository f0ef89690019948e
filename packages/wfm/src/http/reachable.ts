import { lookup } from 'node:dns/promises';
import { hostname, networkInterfaces } from 'node:os';

/** A name by which other machines, and this one, reach this machine. */
export async function reachableName(listenHost: string): Promise<string> {
  if (listenHost !== '0.0.0.0' && listenHost !== '::') return listenHost;
  const name = hostname();
  if ((await lookup(name).catch(() => undefined)) !== undefined) return name;
  const external = Object.values(networkInterfaces())
    .flat()
    .find((i) => i !== undefined && !i.internal && i.family === 'IPv4');
  return external?.address ?? 'localhost';
}

/** A host as it stands in a URL. */
export function bracket(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
