/**
 * A plant after a power cut: the WFM and all its clients start at once. Each client comes when the daemon would: at its
 * place in the span, by its key, then with the daemon's back-off; with a TLS handshake and a signed report of its own.
 * Prints how often clients were refused and when all were active again, and draws docs/arrival.svg.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { backOff, shareOfSpan } from '@muster/device';
import { fileSigner, generateKeyPair, selfSignedDeviceCertificate, type Signer } from '@muster/pki';
import { contentDigest, signMessage } from '@muster/signatures';

const count = Number(process.argv[2] ?? 10_000);
/** The daemon's default. */
const spanSeconds = 30;
const data = await mkdtemp(join(tmpdir(), 'muster-bench-'));
const root = new URL('../', import.meta.url).pathname;

async function start(listen: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(
    process.execPath,
    [
      '--import',
      `${root}scripts/strip-cache.mjs`,
      `${root}packages/cli/src/main.ts`,
      ...`wfm start --json --data ${data} --admission open --log-level error`.split(' '),
      ...`--device-listen ${listen} --operator-listen 127.0.0.1:0`.split(' '),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  for await (const line of createInterface({ input: child.stdout }))
    return { child, url: String((JSON.parse(line) as Record<string, unknown>)['deviceUrl']) };
  throw new Error('the WFM did not start');
}

interface Answer {
  readonly status: number;
  readonly retryAfter: number;
  readonly text: string;
}

async function send(signer: Signer, method: string, target: string, body: Buffer): Promise<Answer> {
  const fields = ['Content-Digest', contentDigest(body)];
  const { signatureInput, signature } = await signMessage(
    { kind: 'request', method, targetUri: target, fields },
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
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      'content-digest': fields[1] ?? '',
      'signature-input': signatureInput,
      signature,
    };
    const outgoing = request(target, { method, agent: false, ca, headers, timeout: 30_000 }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
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

const report = (id: string): Buffer =>
  Buffer.from(
    JSON.stringify({
      apiVersion: 'device.margo.org/v1alpha1',
      kind: 'DeviceCapabilitiesManifest',
      properties: {
        id,
        vendor: 'V',
        modelNumber: 'M',
        serialNumber: id,
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

const first = await start('127.0.0.1:0');
const { url } = first;
const ca = await readFile(join(data, 'operator-ca.pem'));
const clients: Array<{ signer: Signer; clientId: string }> = [];
let made = 0;
await Promise.all(
  Array.from({ length: 16 }, async () => {
    while (made < count) {
      const n = made++;
      const keys = await generateKeyPair('p256');
      const signer = fileSigner(keys, 'memory');
      const notBefore = new Date(Date.now() - 1e6);
      const certificate = await selfSignedDeviceCertificate({
        keys,
        commonName: `d${n}`,
        notBefore,
        days: 9,
      });
      const body = Buffer.from(
        JSON.stringify({
          apiVersion: 'onboarding.margo.org/v1alpha1',
          kind: 'OnboardingRequest',
          certificate: Buffer.from(certificate.pem).toString('base64'),
        }),
      );
      const { text } = await send(signer, 'POST', `${url}/api/v1/onboarding`, body);
      clients.push({ signer, clientId: String((JSON.parse(text) as Record<string, unknown>)['clientId']) });
    }
  }),
);
first.child.kill('SIGKILL');
await once(first.child, 'exit');

// The lights go on.
const began = performance.now();
const seconds = (): number => (performance.now() - began) / 1000;
const asked: number[] = [];
const active: number[] = [];
const overloads: number[] = [];
const unreachable: number[] = [];
const starting = start(new URL(url).host);
await Promise.all(
  clients.map(async ({ signer, clientId }) => {
    await sleep(shareOfSpan(signer.spkiSha256, spanSeconds) * 1000);
    let [refused, failed] = [0, 0];
    for (;;) {
      asked.push(seconds());
      const target = `${url}/api/v1/clients/${clientId}/capabilities/d`;
      const answer = await send(signer, 'PUT', target, report('d')).catch(() => null);
      if (answer !== null && (answer.status === 200 || answer.status === 201)) break;
      if (answer !== null && answer.status !== 429 && answer.status !== 503)
        throw new Error(`${answer.status} ${answer.text}`);
      if (answer === null) failed++;
      else refused++;
      const wait = (answer?.retryAfter ?? 0) * (1 + Math.random() * 0.1);
      await sleep((wait + backOff(refused + failed - 1, Math.random())) * 1000);
    }
    active.push(seconds());
    overloads.push(refused);
    unreachable.push(failed);
  }),
);
const { child } = await starting;

active.sort((a, b) => a - b);
const most = (values: number[]): number => values.reduce((a, b) => Math.max(a, b), 0);
const at = (share: number): string => `${(active[Math.ceil(active.length * share) - 1] ?? 0).toFixed(1)} s`;
console.log(`clients                                   ${active.length.toLocaleString('en')}`);
console.log(`half, 99 %, all active again after        ${at(0.5)}, ${at(0.99)}, ${at(1)}  (wanted 120 s)`);
console.log(`most refusals for overload of one client  ${most(overloads)}  (wanted at most 2)`);
console.log(`asked before the WFM was up: clients      ${unreachable.filter((n) => n > 0).length}`);

const end = Math.ceil(most(active)) + 1;
const perSecond = (times: number[]): number[] => {
  const bins = Array.from({ length: end }, () => 0);
  for (const time of times) bins[Math.floor(time)] = (bins[Math.floor(time)] ?? 0) + 1;
  return bins;
};
const [arrivals, done] = [perSecond(asked), perSecond(active)];
const [width, height] = [720, 260];
const x = (second: number): number => 50 + (second / end) * (width - 60);
const y = (value: number, top: number): number => height - 30 - (value / top) * (height - 60);
let sum = 0;
const line = done.map((n, i) => {
  sum += n;
  return `${x(i + 1).toFixed(1)},${y(sum, active.length).toFixed(1)}`;
});
const top = most(arrivals);
const bars = arrivals.map(
  (n, i) =>
    `<rect x="${x(i).toFixed(1)}" y="${y(n, top).toFixed(1)}" width="${((width - 60) / end - 0.5).toFixed(1)}" height="${(height - 30 - y(n, top)).toFixed(1)}" fill="#9ecae1"/>`,
);
await writeFile(
  join(root, 'docs/arrival.svg'),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<title>${active.length} clients return after a power cut</title>
<rect width="${width}" height="${height}" fill="white"/>
${bars.join('\n')}
<polyline points="${x(0)},${y(0, 1)} ${line.join(' ')}" fill="none" stroke="#08519c" stroke-width="2"/>
<path d="M50 30V${height - 30}H${width - 10}" fill="none" stroke="black"/>
<text x="4" y="34">${top}/s</text><text x="50" y="20">bars: requests per second · line: share of clients active again (top: all)</text>
${[0, 0.25, 0.5, 0.75, 1].map((share) => `<text x="${x(share * end).toFixed(0)}" y="${height - 12}" text-anchor="middle">${Math.round(share * end)} s</text>`).join('\n')}
</svg>
`,
);
child.kill('SIGTERM');
await rm(data, { recursive: true, force: true });
