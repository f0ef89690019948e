/** How a request was carried: TLS, HTTP, its host and its route. */
import { bad, type Finding, found, good } from '../checks.ts';
import { fieldValues, type Received, type Route } from '../received.ts';

/** What the client was told of this server. */
export interface Address {
  /** Lower case, default port left out. */
  readonly authority: string;
  readonly hostName: string;
  /** An address has no name to send (RFC 6066 section 3). */
  readonly isIp: boolean;
}

const withoutDefaultPort = (host: string): string => host.toLowerCase().replace(/:443$/, '');

/** Judges how a request came. */
export function judgeTransport(request: Received, address: Address): Finding[] {
  const hosts = fieldValues(request, 'host');
  const isHost = hosts.length === 1 && withoutDefaultPort(hosts[0] ?? '') === address.authority;
  const { tlsVersion, serverName, httpVersion } = request;
  return [
    found('tlsVersion', tlsVersion === 'TLSv1.3', tlsVersion),
    found('http', httpVersion === '1.1', `HTTP/${httpVersion}`),
    isHost
      ? good('host', hosts[0] ?? '')
      : bad('host', hosts.join(' and ') || 'no Host', { expected: address.authority }),
    ...(address.isIp
      ? []
      : [
          serverName?.toLowerCase() === address.hostName
            ? good('serverName', serverName)
            : bad('serverName', serverName ?? 'no server_name', { expected: address.hostName }),
        ]),
  ];
}

/** Judges where a request went, and what it calls its body. What is not below /api/v1 is not of the standard, and left alone. */
export function judgeRoute(request: Received, route: Route): Finding[] {
  if (route.kind === 'foreign') return [];
  const seen = `${request.method} ${request.url}`;
  const methods = route.methods.length === 0 ? undefined : `one of ${route.methods.join(', ')}`;
  const onRoute = route.methods.includes(request.method)
    ? good('route', seen)
    : bad('route', seen, { expected: methods });
  if (request.body.length === 0) return [onRoute];
  const types = fieldValues(request, 'content-type');
  const isJson = types.length === 1 && /^application\/json\s*(?:;|$)/i.test(types[0] ?? '');
  return [onRoute, found('contentType', isJson, types.join(' and ') || 'no Content-Type')];
}
