/**
 * A plant after a power cut: the WFM and all its clients start at once. Each client comes when the daemon would: at its
 * place in the span, by its key, then with the daemon's back-off; with a TLS handshake and a signed report of its own.
 * Prints how often clients were refused and when all were active again, and draws docs/arrival.svg.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';
import { backOff, shareOfSpan } from '@muster/device';
import type { Signer } from '@muster/pki';
import { manifest, newClient, onboard, send } from './support/client.ts';
import { startWfm } from './support/server.ts';

const count = Number(process.argv[2] ?? 10_000);
/** The daemon's default. */
const spanSeconds = 30;
const data = await mkdtemp(join(tmpdir(), 'muster-bench-'));
const root = new URL('../', import.meta.url).pathname;

const first = await startWfm({ data });
const { url } = first;
// One context for all: a real device has one, too; the handshakes stay full ones.
const secureContext = createSecureContext({ ca: await readFile(join(data, 'operator-ca.pem'), 'utf8') });
const via = { agent: false, secureContext } as const;
const clients: Array<{ signer: Signer; clientId: string }> = [];
let made = 0;
await Promise.all(
  Array.from({ length: 16 }, async () => {
    while (made < count) {
      const client = await newClient(`d${made++}`);
      clients.push({ signer: client.signer, clientId: await onboard(client, url, via) });
    }
  }),
);
await first.stop('SIGKILL');

// The lights go on.
const began = performance.now();
const seconds = (): number => (performance.now() - began) / 1000;
const asked: number[] = [];
const active: number[] = [];
const overloads: number[] = [];
const unreachable: number[] = [];
const starting = startWfm({ data, deviceListen: new URL(url).host });
await Promise.all(
  clients.map(async ({ signer, clientId }) => {
    await sleep(shareOfSpan(signer.spkiSha256, spanSeconds) * 1000);
    let [refused, failed] = [0, 0];
    for (;;) {
      asked.push(seconds());
      const target = `${url}/api/v1/clients/${clientId}/capabilities/d`;
      const answer = await send(signer, 'PUT', target, manifest('d', clientId), via).catch(() => null);
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
const wfm = await starting;

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
await wfm.stop();
await rm(data, { recursive: true, force: true });
