/** One request as its bytes came, and which route of the standard it is for. */

export interface Received {
  readonly method: string;
  /** The raw request target. */
  readonly url: string;
  readonly httpVersion: string;
  /** Name, value, name, value: as node's `rawHeaders`. */
  readonly fields: readonly string[];
  readonly body: Uint8Array;
  /** When its head was read, in milliseconds of a steady clock. */
  readonly at: number;
  readonly tlsVersion: string;
  /** What the client has named in the handshake; null without server_name. */
  readonly serverName: string | null;
}

export type RouteKind = 'certificate' | 'onboarding' | 'report' | 'workload' | 'unknown' | 'foreign';

export interface Route {
  readonly kind: RouteKind;
  /** As it stands in the path. */
  readonly clientId?: string;
  /** Decoded once; on the routes that have one. */
  readonly deviceId?: string;
  /** The methods that the route takes. */
  readonly methods: readonly string[];
}

/** All values of a field. */
export function fieldValues(request: Pick<Received, 'fields'>, name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < request.fields.length; i += 2)
    if ((request.fields[i] ?? '').toLowerCase() === name) values.push(request.fields[i + 1] ?? '');
  return values;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Names the route of a request target.
 * @param prefix the path of the public URL; a proxy may have taken it off
 */
export function routeOf(url: string, prefix: string): Route {
  const whole = url.split('?')[0] ?? '';
  const path = prefix !== '' && whole.startsWith(`${prefix}/`) ? whole.slice(prefix.length) : whole;
  if (!path.startsWith('/api/v1/')) return { kind: 'foreign', methods: [] };
  const rest = path.slice('/api/v1'.length);
  if (rest === '/onboarding/certificate') return { kind: 'certificate', methods: ['GET', 'HEAD'] };
  if (rest === '/onboarding') return { kind: 'onboarding', methods: ['POST'] };
  const [, clientId, below = ''] = /^\/clients\/([^/]+)\/(.+)$/.exec(rest) ?? [];
  if (clientId === undefined) return { kind: 'unknown', methods: [] };
  if (below === 'capabilities') return { kind: 'report', clientId, methods: ['POST', 'PUT'] };
  const [, deviceId] = /^capabilities\/(.+)$/.exec(below) ?? [];
  if (deviceId !== undefined)
    return { kind: 'report', clientId, deviceId: decoded(deviceId), methods: ['POST', 'PUT', 'DELETE'] };
  if (/^deployments\/[^/]+\/status$/.test(below))
    return { kind: 'workload', clientId, methods: ['POST', 'PUT'] };
  if (/^(?:deployments(?:\/[^/]+\/[^/]+)?|bundles\/[^/]+)$/.test(below))
    return { kind: 'workload', clientId, methods: ['GET', 'HEAD'] };
  return { kind: 'unknown', clientId, methods: [] };
}
