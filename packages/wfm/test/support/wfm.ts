/** A real WFM on free ports, and a client that signs by hand: node's crypto, not our signer. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificate, selfSignedDeviceCertificate } from '@muster/pki';
import { startWfm, type Wfm, type WfmSettings } from '../../src/index.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export interface Rig {
  readonly wfm: Wfm;
  readonly url: string;
  readonly ca: string;
  send(o: {
    method: string;
    path: string;
    headers?: Record<string, string> | string[];
    body?: string | Buffer;
    base?: string;
  }): Promise<Answer>;
  operator(method: string, path: string, body?: unknown, token?: string): Promise<Answer>;
  /** The text of an answer that is not one JSON document. */
  text(method: string, path: string, body?: unknown): Promise<string>;
  stop(): Promise<void>;
}

/** One HTTPS request on a connection of its own. */
export function call(
  url: string,
  ca: string,
  o: { method: string; path: string; headers?: Record<string, string> | string[]; body?: string | Buffer },
): Promise<Answer> {
  const target = new URL(url);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: target.hostname,
        port: target.port,
        ca,
        method: o.method,
        path: o.path,
        headers: o.headers ?? {},
        agent: false,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const headers = Object.fromEntries(
            Object.entries(incoming.headers).map(([k, v]) => [k, String(v)]),
          );
          resolve({
            status: incoming.statusCode ?? 0,
            headers,
            text,
            body: /[/+]json(?:;|$)/.test(headers['content-type'] ?? '')
              ? (JSON.parse(text) as Record<string, unknown>)
              : {},
          });
        });
        incoming.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(o.body);
  });
}

/** Starts a WFM; `data` keeps a folder for a second start. */
export async function startRig(settings: Partial<WfmSettings> = {}): Promise<Rig> {
  const data = settings.data ?? (await mkdtemp(join(tmpdir(), 'muster-wfm-')));
  const wfm = await startWfm({
    data,
    deviceListen: '127.0.0.1:0',
    operatorListen: '127.0.0.1:0',
    logLevel: 'silent',
    holdSeconds: 0,
    retryAfterSeconds: 1,
    ...settings,
  });
  const ca = await readFile(wfm.operatorCaFile, 'utf8');
  const token = (await readFile(wfm.operatorTokenFile, 'utf8')).trim();
  // Read anew: a rotation of the root CA changes the file.
  const operator: Rig['operator'] = async (method, path, body, own = token) =>
    call(wfm.operatorUrl, await readFile(wfm.operatorCaFile, 'utf8'), {
      method,
      path: `/operator/v1${path}`,
      headers: {
        authorization: `Bearer ${own}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    wfm,
    url: wfm.deviceUrl,
    ca,
    send: (o) => call(o.base ?? wfm.deviceUrl, ca, o),
    operator,
    text: async (method, path, body) => (await operator(method, path, body)).text,
    async stop() {
      await wfm.close();
      if (settings.data === undefined) await rm(data, { recursive: true, force: true });
    },
  };
}

export interface TestClient {
  readonly privateKey: KeyObject;
  readonly certificate: Certificate;
  readonly keyid: string;
}

/** A client with a key of its own. */
export async function testClient(
  o: { type?: 'p256' | 'p384' | 'rsa2048'; notBefore?: Date; days?: number; commonName?: string } = {},
): Promise<TestClient> {
  const type = o.type ?? 'p256';
  const keys =
    type === 'rsa2048'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: type === 'p256' ? 'P-256' : 'P-384' });
  const certificate = await selfSignedDeviceCertificate({
    keys,
    commonName: o.commonName ?? 'test device',
    notBefore: o.notBefore ?? new Date(Date.now() - 86_400_000),
    days: o.days ?? 3650,
  });
  return { privateKey: keys.privateKey, certificate, keyid: certificate.spkiSha256 };
}

let counter = 0;

export interface SignChanges {
  readonly created?: number;
  readonly keyid?: string;
  readonly components?: string[];
  readonly target?: string;
  readonly method?: string;
  readonly digest?: string | null;
  readonly nonce?: string | null;
  /** Further parameters as they are to be written, such as `;expires=1`. */
  readonly more?: string;
  readonly alg?: string;
  readonly privateKey?: KeyObject;
  readonly signature?: (bytes: Buffer) => Buffer;
}

/** Headers of a signed request, with any part of it wrong on purpose. */
export function signedHeaders(
  client: TestClient,
  method: string,
  url: string,
  body: string | Buffer | undefined,
  change: SignChanges = {},
): Record<string, string> {
  const bytes = Buffer.from(body ?? '');
  const digest =
    change.digest === undefined
      ? `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`
      : change.digest;
  const hasDigest = body !== undefined && digest !== null;
  const components = change.components ?? [
    '@method',
    '@target-uri',
    '@authority',
    ...(hasDigest ? ['content-digest'] : []),
  ];
  const values: Record<string, string> = {
    '@method': change.method ?? method,
    '@target-uri': change.target ?? url,
    '@authority': new URL(url).host,
    'content-digest': digest ?? '',
  };
  const created = change.created ?? Math.floor(Date.now() / 1000);
  const nonce = change.nonce === undefined ? `n${process.pid}.${counter++}` : change.nonce;
  const params = `(${components.map((c) => `"${c}"`).join(' ')});created=${created};keyid="${change.keyid ?? client.keyid}"${nonce === null ? '' : `;nonce="${nonce}"`}${change.alg === undefined ? '' : `;alg="${change.alg}"`}${change.more ?? ''}`;
  const base = [...components.map((c) => `"${c}": ${values[c]}`), `"@signature-params": ${params}`].join(
    '\n',
  );
  const key = change.privateKey ?? client.privateKey;
  const hash = key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'sha384' : 'sha256';
  const made =
    key.asymmetricKeyType === 'rsa'
      ? sign(hash, Buffer.from(base), key)
      : sign(hash, Buffer.from(base), { key, dsaEncoding: 'ieee-p1363' });
  const signature = (change.signature ?? ((b: Buffer) => b))(made);
  return {
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(hasDigest ? { 'Content-Digest': digest } : {}),
    'Signature-Input': `sig1=${params}`,
    Signature: `sig1=:${signature.toString('base64')}:`,
  };
}

/** The onboarding document of a client. */
export function onboardingBody(
  client: TestClient,
  certificate = Buffer.from(client.certificate.pem).toString('base64'),
  extra: object = {},
): string {
  return JSON.stringify({
    apiVersion: 'onboarding.margo.org/v1alpha1',
    kind: 'OnboardingRequest',
    certificate,
    ...extra,
  });
}

export interface OnboardExtras {
  /** PEM to send in the place of the client's own certificate: a chain. */
  readonly pem?: string;
  /** More members of the body. */
  readonly body?: object;
  /** A second signature by this client's key, with this keyid. */
  readonly second?: { readonly by: TestClient; readonly keyid: string };
}

/** Onboards and answers whatever came. */
export function onboard(
  rig: Rig,
  client: TestClient,
  change: SignChanges = {},
  extras: OnboardExtras = {},
): Promise<Answer> {
  const certificate = Buffer.from(extras.pem ?? client.certificate.pem).toString('base64');
  const body = onboardingBody(client, certificate, extras.body);
  const path = '/api/v1/onboarding';
  const headers = signedHeaders(client, 'POST', rig.url + path, body, change);
  if (extras.second !== undefined) {
    const { by, keyid } = extras.second;
    const other = signedHeaders(by, 'POST', rig.url + path, body, { keyid });
    for (const name of ['Signature-Input', 'Signature'])
      headers[name] = `${headers[name]}, ${(other[name] ?? '').replace(/^sig1=/, 'old=')}`;
  }
  return rig.send({ method: 'POST', path, headers, body });
}

/** A valid rc.2-C document. */
export function capabilities(id: string, change: Record<string, unknown> = {}): string {
  return JSON.stringify({
    apiVersion: 'device.margo.org/v1alpha1',
    kind: 'DeviceCapabilitiesManifest',
    properties: {
      id,
      vendor: 'V',
      modelNumber: 'M',
      serialNumber: 'S',
      cpus: [{ cores: 4, architecture: 'amd64' }],
      memory: '8Gi',
      storage: '59 Gi',
      peripherals: [],
      interfaces: [{ type: 'ethernet' }],
      otelCollector: true,
      supportedRuntimes: ['oci'],
      supportedDeploymentTypes: ['compose'],
      ...change,
    },
  });
}

/** Sends a signed request of a client. */
export function signedSend(
  rig: Rig,
  client: TestClient,
  method: string,
  path: string,
  body?: string,
  change: SignChanges = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  return rig.send({
    method,
    path,
    headers: { ...signedHeaders(client, method, rig.url + path, body, change), ...headers },
    ...(body === undefined ? {} : { body }),
  });
}
