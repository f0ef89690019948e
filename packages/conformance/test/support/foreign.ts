/** A small WFM of another make, by hand: it speaks the dialect of deployed servers, and looks as closely as it is told. */
import { createHash, randomBytes, verify, X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { answer, type OtherServers, type Served } from '../../../device/test/support/other-servers.ts';

type Came = IncomingMessage & { readonly body: string };

interface Signature {
  readonly input: string;
  readonly components: readonly string[];
  readonly created: number;
  readonly bytes: Buffer;
}

function signatureOf(request: Came): Signature | undefined {
  const [, input = '', list = '', rest = ''] =
    /^[a-z0-9]+=(\(([^)]*)\)(.*))$/.exec(String(request.headers['signature-input'])) ?? [];
  const [, bytes] = /^[a-z0-9]+=:([^:]*):$/.exec(String(request.headers['signature'])) ?? [];
  if (bytes === undefined) return undefined;
  const created = Number(/;created=(\d+)/.exec(rest)?.[1] ?? Number.NaN);
  return {
    input,
    components: list.replaceAll('"', '').split(' '),
    created,
    bytes: Buffer.from(bytes, 'base64'),
  };
}

function isTrue(request: Came, signature: Signature, certificate: X509Certificate): boolean {
  const { host = '' } = request.headers;
  const values: Record<string, string> = {
    '@method': request.method ?? '',
    '@target-uri': `https://${host}${request.url}`,
    '@authority': host,
    'content-digest': String(request.headers['content-digest']),
  };
  const lines = signature.components.map((name) => `"${name}": ${values[name]}`);
  const base = Buffer.from([...lines, `"@signature-params": ${signature.input}`].join('\n'));
  const key = certificate.publicKey;
  const hash = key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'sha384' : 'sha256';
  return verify(hash, base, { key, dsaEncoding: 'ieee-p1363' }, signature.bytes);
}

/** What a close look finds wrong. */
function fault(request: Came, { components, created }: Signature): string | undefined {
  const digest = `sha-256=:${createHash('sha256').update(request.body).digest('base64')}:`;
  if (request.headers['content-digest'] !== digest) return 'wrong digest';
  if (!['@method', '@target-uri', 'content-digest'].every((one) => components.includes(one)))
    return 'uncovered';
  return Math.abs(Date.now() / 1000 - created) <= 300 ? undefined : 'stale';
}

function certificateIn(text: unknown): X509Certificate | undefined {
  try {
    return new X509Certificate(Buffer.from(String(text), 'base64'));
  } catch {
    return undefined;
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Starts it. @param isStrict looks at all that the standard binds it to, and not only at what deployed servers look at */
export function startForeign(others: OtherServers, isStrict: boolean): Promise<Served> {
  const clients = new Map<string, X509Certificate | undefined>();
  const known = new Set<string>();
  /** Why a request is refused, or undefined. */
  const objection = (request: Came, certificate: X509Certificate | undefined): string | undefined => {
    const signature = signatureOf(request);
    if (signature === undefined) return 'missing signature headers';
    if (certificate === undefined || !isTrue(request, signature, certificate)) return 'signature mismatch';
    return isStrict ? fault(request, signature) : undefined;
  };
  return others.serve((came, response) => {
    const refuse = (why: string, status = 400): void => answer(response, status, { Error: why });
    const document = parsed(came.body);
    if (came.url?.endsWith('/onboarding') === true) {
      const { certificate } = document;
      if (typeof certificate !== 'string' || certificate === '') return refuse('no certificate');
      if (known.has(certificate)) return refuse('Device signature already exists', 409);
      if (isStrict) {
        const why = objection(came, certificateIn(certificate));
        if (why !== undefined) return refuse(why);
      }
      known.add(certificate);
      const clientId = `client-${randomBytes(8).toString('hex')}-${Math.floor(Date.now() / 1000)}`;
      clients.set(clientId, certificateIn(certificate));
      return answer(response, 201, { clientId });
    }
    const [, clientId = ''] = /\/clients\/([^/]+)\/capabilities$/.exec(came.url ?? '') ?? [];
    if (clientId === '' || came.method !== 'POST')
      return void response.writeHead(404).end('404 page not found');
    const why = objection(came, clients.get(clientId));
    if (why !== undefined) return refuse(why);
    const properties = Object(document['properties']) as Record<string, unknown>;
    if (properties['id'] !== clientId) return refuse('device ID mismatch: properties.id');
    return answer(response, 201);
  }, '/v1alpha2/margo');
}
