/** One HTTPS request on the way that devices take, with bounds of time and size. */
import { request, type RequestOptions } from 'node:https';
import type { TLSSocket } from 'node:tls';

/** What came back. */
export interface Met {
  readonly status: number;
  readonly date: string | undefined;
  readonly protocol: string | null;
  readonly body: string;
}

const maximumBody = 1_048_576;

/**
 * Asks a public URL over TLS 1.3, on a connection of its own and not through a proxy of this machine.
 * @param o.ca the root CA to trust, in PEM; the system's when absent
 */
export function askPublicly(
  url: string,
  o: { ca: string | undefined; method?: string; headers?: Record<string, string>; body?: Uint8Array },
): Promise<Met> {
  const options: RequestOptions = {
    agent: false,
    minVersion: 'TLSv1.3',
    ...(o.ca === undefined ? {} : { ca: o.ca }),
    method: o.method ?? 'GET',
    headers: o.headers ?? {},
    signal: AbortSignal.timeout(5_000),
  };
  return new Promise((resolve, reject) => {
    request(url, options, (answer) => {
      const protocol = (answer.socket as TLSSocket).getProtocol();
      let body = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
        if (body.length > maximumBody) answer.destroy(new Error('the answer does not end'));
      });
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, date: answer.headers.date, protocol, body }),
      );
    })
      .on('error', reject)
      .end(o.body);
  });
}
