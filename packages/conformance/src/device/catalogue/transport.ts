/** How requests are carried, and where they go. */
import { type ClientCheck, contract, must, security, should } from './check.ts';

export const transportChecks = {
  tlsVersion: should(
    'transport.tls-version',
    'The client speaks TLS 1.3',
    `${security}; RFC 8446`,
    'TLS 1.3, which this server offers',
    'Let the TLS library of the client offer TLS 1.3.',
  ),
  serverName: should(
    'transport.server-name',
    'The client names the host in the handshake',
    'RFC 6066 section 3',
    'server_name with the host of the WFM URL',
    'Let the TLS library send server_name.',
  ),
  http: must(
    'transport.http',
    'The client speaks well-formed HTTP/1.1',
    `${security}; RFC 9112`,
    'HTTP/1.1',
    'Use HTTP/1.1.',
  ),
  host: must(
    'transport.host',
    'Host is that of the WFM URL, once',
    'RFC 9112 section 3.2',
    'one Host field with the authority of the WFM URL',
    'Send the host and port of the WFM URL; where a proxy stands before this server, let it pass Host on.',
  ),
  route: must(
    'request.route',
    'Requests go to routes of the standard, with their methods',
    contract,
    'a route and method of the standard',
    'Append /api/v1/… to the WFM URL as it was given.',
  ),
  contentType: must(
    'request.content-type',
    'Bodies are application/json',
    contract,
    'Content-Type: application/json',
    'Send Content-Type: application/json with each body.',
  ),
  privateKey: must(
    'request.no-private-key',
    'The private key stays with the client',
    `${security}; RFC 5280`,
    'certificates, and no private key',
    'Never send the private key, and make a new one: this one is known to others now.',
  ),
} as const satisfies Record<string, ClientCheck>;
