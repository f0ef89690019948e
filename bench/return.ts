/**
 * A plant after a power cut: the WFM and all its clients start at once. Each client comes when the daemon would: at its
 * place in the span, by its key, then with the daemon's back-off; with a TLS handshake and a signed report of its own.
 * Says how often clients were refused, when all were active again and what it cost, and draws docs/arrival.svg.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';
import { backOff, shareOfSpan } from '@muster/device';
import type { Signer } from '@muster/pki';
import { drawArrival } from './support/arrival.ts';
import { type BenchAnswer, manifest, newClient, onboard, send } from './support/client.ts';
import { processorMilliseconds, residentMegabytes, startWfm } from './support/server.ts';

const count = Number(process.argv[2] ?? 10_000);
/** Over how long the clients spread; the daemon's default. */
const spanSeconds = Number(process.argv[3] ?? 30);
/**
 * Exchanges at a time. All devices share this process: with more of them under way, each would wait for the others' cryptography
 * here, which ten thousand real devices do not.
 */
const atOnce = 128;
/** After this the bench gives up. */
const patienceSeconds = 200;
const data = await mkdtemp(join(tmpdir(), 'muster-bench-'));

// Before the cut: everybody is onboarded, over connections that are kept, because nobody measures this.
const first = await startWfm({ data });
const { url } = first;
const ca = await readFile(join(data, 'operator-ca.pem'), 'utf8');
const kept = new Agent({ keepAlive: true, maxSockets: 32, ca });
const clients: Array<{ signer: Signer; clientId: string }> = [];
let made = 0;
await Promise.all(
  Array.from({ length: 32 }, async () => {
    while (made < count) {
      const client = await newClient(`d${made++}`);
      clients.push({ signer: client.signer, clientId: await onboard(client, url, { agent: kept }) });
    }
  }),
);
kept.destroy();
await first.stop('SIGKILL');

// The lights go on.
const began = performance.now();
const ownBefore = process.cpuUsage();
const seconds = (): number => (performance.now() - began) / 1000;
let upAt = Number.POSITIVE_INFINITY;
const starting = startWfm({ data, deviceListen: new URL(url).host }).then(async (server) => {
  upAt = seconds();
  return { server, before: await processorMilliseconds(server.pid) };
});
// One context for all: a real device has one, too; the handshakes stay full ones.
const via = { agent: false, secureContext: createSecureContext({ ca }) } as const;
const asked: number[] = [];
const active: number[] = [];
/** How often each client was refused for overload: told so, or not answered by a WFM that was up. */
const refusals: number[] = [];
let askedTooEarly = 0;

let free = atOnce;
const queue: Array<() => void> = [];

/** Runs it when fewer than {@link atOnce} others run; first come, first served. */
async function inTurn<T>(run: () => Promise<T>): Promise<T> {
  if (free > 0) free--;
  else await new Promise<void>((resolve) => queue.push(resolve));
  try {
    return await run();
  } finally {
    const next = queue.shift();
    if (next === undefined) free++;
    else next();
  }
}

/** Reports once, and says what came of it. @throws Error when the refusal is not about the moment */
async function report(signer: Signer, clientId: string): Promise<BenchAnswer | 'refused' | 'not up'> {
  const at = seconds();
  asked.push(at);
  const target = `${url}/api/v1/clients/${clientId}/capabilities/d`;
  const answer = await send(signer, 'PUT', target, manifest('d', clientId), via).catch(() => null);
  if (answer === null) return at < upAt ? 'not up' : 'refused';
  if (answer.status === 200 || answer.status === 201 || [408, 429, 503].includes(answer.status))
    return answer;
  throw new Error(`${answer.status} ${answer.text}`);
}

async function comeBack({ signer, clientId }: (typeof clients)[number]): Promise<void> {
  await sleep(shareOfSpan(signer.spkiSha256, spanSeconds) * 1000);
  let [tries, refused] = [0, 0];
  while (seconds() < patienceSeconds) {
    const answer = await inTurn(() => report(signer, clientId));
    if (typeof answer === 'object' && answer.status < 300) {
      active.push(seconds());
      break;
    }
    if (answer !== 'not up') refused++;
    else if (tries === 0) askedTooEarly++;
    const wait = typeof answer === 'object' ? answer.retryAfter * (1 + Math.random() * 0.1) : 0;
    await sleep((wait + backOff(tries++, Math.random())) * 1000);
  }
  refusals.push(refused);
}
await Promise.all(clients.map(comeBack));

const own = process.cpuUsage(ownBefore);
const { server, before } = await starting;
const serverCost = ((await processorMilliseconds(server.pid)) - before) / count;
const ownCost = (own.user + own.system) / 1000 / count;
active.sort((a, b) => a - b);
const at = (share: number): string => `${(active[Math.ceil(count * share) - 1] ?? Number.NaN).toFixed(1)} s`;
const most = refusals.reduce((a, b) => Math.max(a, b), 0);
const refused = refusals.reduce((a, b) => a + b, 0);
const cost = ((serverCost + ownCost) * count) / 2_000;
console.log(`clients, and active again                 ${count}, ${active.length}`);
console.log(
  `WFM up, first client active after         ${upAt.toFixed(1)} s, ${(active[0] ?? 0).toFixed(1)} s`,
);
console.log(`half, 99 %, all active again after        ${at(0.5)}, ${at(0.99)}, ${at(1)}  (wanted 120 s)`);
console.log(`most refusals for overload of one client  ${most}  (wanted at most 2)`);
console.log(`refusals for overload, of all             ${refused}`);
console.log(`clients that asked before the WFM was up  ${askedTooEarly}`);
console.log(
  `processor time a client, WFM and bench    ${serverCost.toFixed(1)} ms, ${ownCost.toFixed(1)} ms`,
);
console.log(`that is for all, on two cores             ${cost.toFixed(0)} s`);
console.log(`resident memory of the WFM                ${await residentMegabytes(server.pid)} MB`);
const picture = new URL('../docs/arrival.svg', import.meta.url);
await writeFile(picture, drawArrival({ asked, active, upAt, refused }));
await server.stop();
await rm(data, { recursive: true, force: true });
process.exitCode = active.length === count ? 0 : 1;
