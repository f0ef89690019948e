/** Devices as the benches simulate them: a key and certificate each, and signed requests. */
import { randomBytes } from 'node:crypto';
import { request, type RequestOptions } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { fileSigner, generateKeyPair, selfSignedDeviceCertificate, type Signer } from '@muster/pki';
import { contentDigest, signMessage } from '@muster/signatures';

export interface BenchClient {
  readonly signer: Signer;
  /** The body of its onboarding request. */
  readonly onboarding: Buffer;
}

/** Makes a device: P-256 key, self-signed certificate. */
export async function newClient(commonName: string): Promise<BenchClient> {
  const keys = await generateKeyPair('p256');
  const notBefore = new Date(Date.now() - 1e6);
  const certificate = await selfSignedDeviceCertificate({ keys, commonName, notBefore, days: 9 });
  const onboarding = Buffer.from(
    JSON.stringify({
      apiVersion: 'onboarding.margo.org/v1alpha1',
      kind: 'OnboardingRequest',
      certificate: Buffer.from(certificate.pem).toString('base64'),
    }),
  );
  return { signer: fileSigner(keys, 'memory'), onboarding };
}

/** A capabilities document of rc.2-C. */
export function manifest(id: string, serialNumber: string): Buffer {
  return Buffer.from(
    JSON.stringify({
      apiVersion: 'device.margo.org/v1alpha1',
      kind: 'DeviceCapabilitiesManifest',
      properties: {
        id,
        vendor: 'V',
        modelNumber: 'M',
        serialNumber,
        cpus: [{ cores: 4, architecture: 'amd64' }],
        memory: '8Gi',
        storage: '59Gi',
        peripherals: [],
        interfaces: [{ type: 'ethernet' }],
        otelCollector: true,
        supportedRuntimes: ['oci'],
        supportedDeploymentTypes: ['compose'],
      },
    }),
  );
}

export interface BenchAnswer {
  readonly status: number;
  /** Seconds; 0 when there was none. */
  readonly retryAfter: number;
  readonly text: string;
}

/** Signs a request with a body of JSON. @returns its header fields */
async function signedFields(
  signer: Signer,
  method: string,
  target: string,
  body: Buffer,
): Promise<Record<string, string | number>> {
  const digest = contentDigest(body);
  const { signatureInput, signature } = await signMessage(
    { kind: 'request', method, targetUri: target, fields: ['Content-Digest', digest] },
    {
      key: signer,
      components: ['@method', '@target-uri', '@authority', 'content-digest'],
      parameters: [
        ['created', Math.floor(Date.now() / 1000)],
        ['keyid', signer.spkiSha256],
        ['nonce', randomBytes(9).toString('base64url')],
      ],
    },
  );
  return {
    'content-type': 'application/json',
    'content-length': body.length,
    'content-digest': digest,
    'signature-input': signatureInput,
    signature,
  };
}

/** Signs a request with a body of JSON. @returns it as HTTP/1.1 has it on the wire */
export async function signedRequest(
  signer: Signer,
  method: string,
  target: string,
  body: Buffer,
): Promise<Buffer> {
  const { host, pathname } = new URL(target);
  const fields = { host, ...(await signedFields(signer, method, target, body)) };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  return Buffer.concat([
    Buffer.from(`${method} ${pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`),
    body,
  ]);
}

/**
 * Signs and sends one request.
 * @param via the connection: an agent, or `agent: false` and a TLS context for a handshake of its own
 * @throws Error of the connection, or after 30 s without an answer
 */
export async function send(
  signer: Signer,
  method: string,
  target: string,
  body: Buffer,
  via: RequestOptions & ConnectionOptions,
): Promise<BenchAnswer> {
  const headers = await signedFields(signer, method, target, body);
  return new Promise((resolve, reject) => {
    const outgoing = request(target, { ...via, method, headers, timeout: 30_000 }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          retryAfter: Number(incoming.headers['retry-after'] ?? 0),
          text,
        }),
      );
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
    outgoing.on('error', reject).end(body);
  });
}

/**
 * Onboards a device.
 * @returns its clientId
 * @throws Error when it is refused
 */
export async function onboard(
  { signer, onboarding }: BenchClient,
  url: string,
  via: RequestOptions & ConnectionOptions,
): Promise<string> {
  const { status, text } = await send(signer, 'POST', `${url}/api/v1/onboarding`, onboarding, via);
  if (status !== 201) throw new Error(`${status} ${text}`);
  return (JSON.parse(text) as { clientId: string }).clientId;
}
