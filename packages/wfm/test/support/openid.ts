/** A real OpenID provider (oidc-provider) over HTTPS with a CA of its own, and a scripted person with a browser. */
import type { RequestListener } from 'node:http';
import { createServer as createTls, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createRootCa, generateKeyPair, issueServerCertificate } from '@muster/pki';
import { exportJWK, generateKeyPair as generateJoseKeys, type JWTPayload, SignJWT } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';

export const audience = 'https://muster.example/operator';
export const clientId = 'muster-cli';

/** Who is who at the provider. */
const people: Readonly<Record<string, readonly string[]>> = {
  alice: ['plant-admins', 'everybody'],
  olga: ['plant-operators'],
  victor: ['auditors'],
  mallory: ['everybody'],
};

/** What its settings say to a WFM; the roles of the groups above. */
export const roleMapping = ['plant-admins=admin', 'plant-operators=operator', 'auditors=viewer'];

export interface OpenIdProvider {
  readonly issuer: string;
  /** PEM. */
  readonly ca: string;
  /** Signs any claims with the provider's key, as only the provider itself could. */
  sign(claims: JWTPayload, header?: object): Promise<string>;
  /** The private key's public half as text: what an HS256 confusion would use as the secret. */
  readonly publicJwk: () => object;
  /** New keys; the old ones are gone. */
  rotate(): Promise<void>;
  /** Stops answering, and answers again. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

const day = 86_400_000;

function configuration(jwk: object, accessSeconds: number): Configuration {
  const groupsOf = (id: string): readonly string[] => people[id] ?? [];
  return {
    jwks: { keys: [jwk] },
    clients: [
      {
        client_id: clientId,
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        redirect_uris: ['http://127.0.0.1/callback'],
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    scopes: ['openid', 'profile', 'offline_access'],
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['a key of the test'] },
    ttl: {
      AccessToken: accessSeconds,
      IdToken: accessSeconds,
      RefreshToken: 3600,
      Grant: 3600,
      Session: 3600,
      Interaction: 600,
      DeviceCode: 600,
      AuthorizationCode: 60,
    },
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: `${id}@plant.example`, groups: groupsOf(id) }),
    }),
    extraTokenClaims: (_ctx, token) =>
      token.kind === 'AccessToken'
        ? { groups: groupsOf(token.accountId), preferred_username: `${token.accountId}@plant.example` }
        : {},
    features: {
      devInteractions: { enabled: true },
      deviceFlow: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: accessSeconds,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  };
}

/** Starts the provider on a free port. */
export async function startProvider(o: { accessSeconds?: number } = {}): Promise<OpenIdProvider> {
  const caKeys = await generateKeyPair('p256');
  const notBefore = new Date(Date.now() - day);
  const ca = await createRootCa({
    keys: caKeys,
    commonName: 'CA of the OpenID provider',
    notBefore,
    days: 30,
  });
  const keys = await generateKeyPair('p256');
  const certificate = await issueServerCertificate({
    ca,
    caKey: caKeys.privateKey,
    publicKey: keys.publicKey,
    hosts: ['localhost', '127.0.0.1'],
    notBefore,
    days: 30,
  });
  const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' });
  let handler: RequestListener = (_request, response) => response.writeHead(503).end();
  const make = () =>
    createTls({ key, cert: certificate.pem }, (incoming, answer) => void handler(incoming, answer));
  let server = make();
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const issuer = `https://localhost:${port}`;
  let signing = await generateJoseKeys('ES256', { extractable: true });
  let jwk = { ...(await exportJWK(signing.privateKey)), alg: 'ES256', use: 'sig', kid: 'first' };
  let rotations = 0;
  const open = (): void => {
    handler = new Provider(issuer, configuration(jwk, o.accessSeconds ?? 600)).callback();
  };
  open();
  const down = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    issuer,
    ca: ca.pem,
    sign: (claims, header = {}) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', kid: jwk.kid, ...header })
        .sign(signing.privateKey),
    publicJwk: () => {
      const { d: _private, ...rest } = jwk as Record<string, unknown>;
      return rest;
    },
    async rotate() {
      signing = await generateJoseKeys('ES256', { extractable: true });
      jwk = {
        ...(await exportJWK(signing.privateKey)),
        alg: 'ES256',
        use: 'sig',
        kid: `rotated-${++rotations}`,
      };
      open();
    },
    down,
    async up() {
      server = make();
      await listen(port);
    },
    close: down,
  };
}

interface Page {
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
  readonly cookies: readonly string[];
}

function open(
  url: string,
  ca: string,
  cookies: ReadonlyMap<string, string>,
  form?: URLSearchParams,
): Promise<Page> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        ca,
        agent: false,
        method: form === undefined ? 'GET' : 'POST',
        headers: {
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        },
      },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            location: incoming.headers.location,
            text,
            cookies: incoming.headers['set-cookie'] ?? [],
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(form?.toString());
  });
}

/** The form of a page, with its hidden fields. */
function formOf(page: string, address: string): { action: string; fields: URLSearchParams } | undefined {
  const form = /<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/.exec(page);
  if (form === null) return undefined;
  const fields = new URLSearchParams();
  for (const [input] of (form[2] ?? '').matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(input)?.[1];
    if (name !== undefined) fields.set(name, /value="([^"]*)"/.exec(input)?.[1] ?? '');
  }
  return { action: new URL(form[1] ?? '', address).href, fields };
}

/**
 * Walks the provider's pages as a person would: logs in, consents, confirms a code.
 * @returns the address outside the provider that the browser was sent to, or the last page's text
 */
export async function browse(start: string, provider: OpenIdProvider, person: string): Promise<string> {
  const jar = new Map<string, string>();
  let address = start;
  let form: URLSearchParams | undefined;
  for (let step = 0; step < 20; step++) {
    const page = await open(address, provider.ca, jar, form);
    form = undefined;
    for (const cookie of page.cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    if (page.location !== undefined) {
      address = new URL(page.location, address).href;
      if (!address.startsWith(provider.issuer)) return address;
      continue;
    }
    const next = formOf(page.text, address);
    if (page.status !== 200 || next === undefined) return page.text;
    if (next.fields.has('login')) next.fields.set('login', person);
    if (next.fields.has('password')) next.fields.set('password', 'anything');
    if (next.fields.has('user_code') && !next.fields.has('confirm') && next.action.endsWith('/device'))
      next.fields.set('confirm', 'yes');
    address = next.action;
    form = next.fields;
  }
  throw new Error(`the provider's pages do not end; the last was ${address}`);
}

/** Answers a browser's visit to the loopback address of a command. */
export function visit(address: string): Promise<string> {
  return fetch(address).then((answer) => answer.text());
}
