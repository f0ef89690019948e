/** A signed, durable capability PUT through the real server, as a share of a bare PUT of the same body. */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileSigner, selfSignedDeviceCertificate } from '@muster/pki';
import { contentDigest, signMessage } from '@muster/signatures';

const here = (path: string): string => new URL(path, import.meta.url).pathname;
const data = await mkdtemp(join(tmpdir(), 'muster-bench-'));

async function start(args: string[]): Promise<{ child: ChildProcess; said: Record<string, unknown> }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout }))
    return { child, said: JSON.parse(line) as Record<string, unknown> };
  throw new Error('the server did not start');
}

const wfm = await start([
  here('../packages/cli/src/main.ts'),
  'wfm',
  'start',
  '--json',
  '--data',
  data,
  '--device-listen',
  '127.0.0.1:0',
  '--operator-listen',
  '127.0.0.1:0',
  '--admission',
  'open',
  '--log-level',
  'error',
]);
const bare = await start([
  here('baseline-server.ts'),
  join(data, 'trust/server-key.pem'),
  join(data, 'trust/server.pem'),
]);
const agent = new Agent({
  keepAlive: true,
  maxSockets: 16,
  ca: await readFile(join(data, 'operator-ca.pem')),
});
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signer = fileSigner(pair, 'memory');
const certificate = await selfSignedDeviceCertificate({
  keys: pair,
  commonName: 'bench',
  notBefore: new Date(Date.now() - 1e6),
  days: 9,
});

async function send(
  origin: string,
  method: string,
  path: string,
  body: Buffer,
): Promise<{ status: number; text: string }> {
  const fields = ['Content-Digest', contentDigest(body)];
  const nonce = randomBytes(9).toString('base64url');
  const made = await signMessage(
    { kind: 'request', method, targetUri: origin + path, fields },
    {
      key: signer,
      components: ['@method', '@target-uri', '@authority', 'content-digest'],
      parameters: [
        ['created', Math.floor(Date.now() / 1000)],
        ['keyid', signer.spkiSha256],
        ['nonce', nonce],
      ],
    },
  );
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      'content-digest': fields[1] ?? '',
      'signature-input': made.signatureInput,
      signature: made.signature,
    };
    const outgoing = request(origin + path, { method, agent, headers }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }));
    });
    outgoing.on('error', reject).end(body);
  });
}

const origin = String(wfm.said['deviceUrl']);
const onboarding = Buffer.from(
  JSON.stringify({
    apiVersion: 'onboarding.margo.org/v1alpha1',
    kind: 'OnboardingRequest',
    certificate: Buffer.from(certificate.pem).toString('base64'),
  }),
);
const { clientId } = JSON.parse((await send(origin, 'POST', '/api/v1/onboarding', onboarding)).text) as {
  clientId: string;
};
const document = (i: number, id: string): Buffer =>
  Buffer.from(
    JSON.stringify({
      apiVersion: 'device.margo.org/v1alpha1',
      kind: 'DeviceCapabilitiesManifest',
      properties: {
        id,
        vendor: 'V',
        modelNumber: 'M',
        serialNumber: `S${i}`,
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

async function rate(where: string, from: number, count: number): Promise<number> {
  let next = from;
  const began = process.hrtime.bigint();
  await Promise.all(
    Array.from({ length: 16 }, async (_, worker) => {
      while (next < from + count) {
        const { status, text } = await send(
          where,
          'PUT',
          `/api/v1/clients/${clientId}/capabilities/d${worker}`,
          document(next++, `d${worker}`),
        );
        if (status !== 200 && status !== 201) throw new Error(`${status} ${text}`);
      }
    }),
  );
  return count / (Number(process.hrtime.bigint() - began) / 1e9);
}

const bareOrigin = `https://127.0.0.1:${String(bare.said['port'])}`;
const signed: number[] = [];
const unsigned: number[] = [];
for (let round = 0; round < 5; round++) {
  signed.push(await rate(origin, round * 2000, 2000));
  unsigned.push(await rate(bareOrigin, round * 2000, 2000));
}
const median = (rates: number[]): number => rates.slice(1).sort((a, b) => a - b)[2] ?? 0;
console.log(`signed, durable PUT of a new revision  ${Math.round(median(signed))}/s`);
console.log(`bare PUT of the same body              ${Math.round(median(unsigned))}/s`);
console.log(`share                                  ${(median(signed) / median(unsigned)).toFixed(2)}`);
wfm.child.kill('SIGTERM');
bare.child.kill('SIGTERM');
agent.destroy();
await rm(data, { recursive: true, force: true });
