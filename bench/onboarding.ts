/** Durable onboardings per second on SQLite, each on a TLS connection of its own; then memory and start-up. */
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import { fileSigner, selfSignedDeviceCertificate } from '@muster/pki';
import { contentDigest, signMessage } from '@muster/signatures';

const total = Number(process.argv[2] ?? 10_000);
const main = new URL('../packages/cli/src/main.ts', import.meta.url).pathname;
const data = await mkdtemp(join(tmpdir(), 'muster-bench-'));

async function start(): Promise<{
  url: string;
  pid: number;
  readyMilliseconds: number;
  stop(): Promise<void>;
}> {
  const began = Date.now();
  const child = spawn(
    process.execPath,
    [
      main,
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
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    const { deviceUrl } = JSON.parse(line) as { deviceUrl: string };
    const stop = (): Promise<void> =>
      new Promise((resolve) => child.once('exit', () => resolve()).kill('SIGTERM'));
    return { url: deviceUrl, pid: child.pid ?? 0, readyMilliseconds: Date.now() - began, stop };
  }
  throw new Error('the WFM did not start');
}

const rss = async (pid: number): Promise<number> =>
  Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

async function prepare(): Promise<{ body: Buffer; keys: ReturnType<typeof fileSigner> }> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = await selfSignedDeviceCertificate({
    keys: pair,
    commonName: 'bench',
    notBefore: new Date(Date.now() - 1e6),
    days: 9,
  });
  const body = Buffer.from(
    JSON.stringify({
      apiVersion: 'onboarding.margo.org/v1alpha1',
      kind: 'OnboardingRequest',
      certificate: Buffer.from(certificate.pem).toString('base64'),
    }),
  );
  return { body, keys: fileSigner(pair, 'memory') };
}

let wfm = await start();
// One context for all connections: a real device has one, too; the handshakes stay full ones.
const secureContext = createSecureContext({ ca: await readFile(join(data, 'operator-ca.pem'), 'utf8') });

async function onboard(client: Awaited<ReturnType<typeof prepare>>): Promise<number> {
  const target = new URL('/api/v1/onboarding', wfm.url);
  const digest = contentDigest(client.body);
  const signed = await signMessage(
    { kind: 'request', method: 'POST', targetUri: target.href, fields: ['Content-Digest', digest] },
    {
      key: client.keys,
      components: ['@method', '@target-uri', '@authority', 'content-digest'],
      parameters: [
        ['created', Math.floor(Date.now() / 1000)],
        ['keyid', client.keys.spkiSha256],
      ],
    },
  );
  return new Promise((resolve, reject) => {
    const options: RequestOptions & ConnectionOptions = {
      method: 'POST',
      secureContext,
      agent: false,
      headers: {
        'content-type': 'application/json',
        'content-length': client.body.length,
        'content-digest': digest,
        'signature-input': signed.signatureInput,
        signature: signed.signature,
      },
    };
    const outgoing = request(target, options, (incoming) => {
      incoming.resume().on('end', () => resolve(incoming.statusCode ?? 0));
    });
    outgoing.on('error', reject).end(client.body);
  });
}

let done = 0;
let busy = 0;
const batch = 500;
while (done < total) {
  // Keys and certificates are made outside the clock: only onboarding is measured.
  const clients = await Promise.all(Array.from({ length: Math.min(batch, total - done) }, prepare));
  const began = process.hrtime.bigint();
  const queue = [...clients];
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop())
        if ((await onboard(next)) !== 201) throw new Error('refused');
    }),
  );
  busy += Number(process.hrtime.bigint() - began) / 1e9;
  done += clients.length;
}
console.log(`onboardings, durable, own TLS connection  ${Math.round(total / busy)}/s  (wanted 400)`);
console.log(`resident memory after ${total} clients     ${Math.round(await rss(wfm.pid))} MB  (wanted 200)`);
await wfm.stop();
wfm = await start();
console.log(`ready after a start on that data          ${wfm.readyMilliseconds} ms  (wanted 1500)`);
console.log(`resident memory after that start          ${Math.round(await rss(wfm.pid))} MB`);
await wfm.stop();
await rm(data, { recursive: true, force: true });
