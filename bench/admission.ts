/** Lists, rehearsals and an import over many clients on the embedded database: what an operator waits for. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PolicyCache } from '../packages/wfm/src/admission/policy.ts';
import { rehearse } from '../packages/wfm/src/admission/rehearse.ts';
import { openStore } from '../packages/wfm/src/store/open.ts';
import { hex, manyClients } from './support/many-clients.ts';
import { startWfm } from './support/server.ts';

const count = Number(process.argv[2] ?? 100_000);
const directory = await mkdtemp(join(tmpdir(), 'muster-bench-'));
const url = `sqlite:${join(directory, 'muster.db')}`;
await manyClients(directory, count);

const store = await openStore({ url, now: Date.now });
const median = (times: number[]): string => {
  const sorted = times.toSorted((a, b) => a - b);
  return `${(sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(1).padStart(6)} ms  (p99 ${(sorted[Math.floor(sorted.length * 0.99)] ?? 0).toFixed(1)})`;
};
console.log(`pages of 100 among ${count} clients, median            wanted 50 ms`);
const filters: Record<string, Parameters<typeof store.clients.list>[0]> = {
  'all, page by page': { limit: 100 },
  state: { limit: 100, state: 'blocked' },
  label: { limit: 100, label: 'site=site-36' },
  authority: { limit: 100, authority: 'acme' },
  'fingerprint prefix': { limit: 100, fingerprintPrefix: hex('c77777').slice(0, 8) },
  'free text, many': { limit: 100, text: 'maker 7' },
  'free text, one': { limit: 100, text: `gw-${count - 3}` },
  'free text, none': { limit: 100, text: 'nothing like it' },
  'newest first': { limit: 100, sort: '-createdAt' },
  'by last sight': { limit: 100, sort: 'lastSeenAt' },
  'by subject': { limit: 100, sort: 'subject' },
  'by expiry': { limit: 100, sort: 'notAfter' },
  'by labels': { limit: 100, sort: '-labels' },
  'subject, one label': { limit: 100, sort: 'subject', label: 'site=site-36' },
  'last sight, blocked': { limit: 100, sort: '-lastSeenAt', state: 'blocked' },
  'last sight, one label': { limit: 100, sort: '-lastSeenAt', label: 'site=site-36' },
};
async function pagesOf(
  list: (cursor: string | undefined) => Promise<{ nextCursor: string | null }>,
): Promise<string> {
  const times: number[] = [];
  let cursor: string | undefined;
  for (let i = 0; i < 100; i++) {
    const began = performance.now();
    const page = await list(cursor);
    times.push(performance.now() - began);
    cursor = page.nextCursor ?? undefined;
  }
  return median(times);
}
for (const [name, filter] of Object.entries(filters))
  console.log(`  ${name.padEnd(22)} ${await pagesOf((cursor) => store.clients.list({ ...filter, cursor }))}`);
console.log(`pages of 100 among ${count} requests, median`);
const requests: Record<string, Parameters<typeof store.enrollments.list>[0]> = {
  'all, page by page': { limit: 100 },
  'by last sight': { limit: 100, sort: '-lastSeenAt' },
  'by subject': { limit: 100, sort: 'subject' },
  'subject, pending': { limit: 100, sort: 'subject', state: 'pending' },
  'free text, one': { limit: 100, text: `gw-${count - 3}` },
};
for (const [name, filter] of Object.entries(requests))
  console.log(
    `  ${name.padEnd(22)} ${await pagesOf((cursor) => store.enrollments.list({ ...filter, cursor }))}`,
  );
const policy = await new PolicyCache(store.admission).current();
const rules = [
  { name: 'odd', action: 'deny' as const, reason: 'a change', match: { subject: { CN: 'GW-*7' } } },
  { name: 'serials', action: 'hold' as const, reason: 'a range', match: { serials: ['100-2ff'] } },
];
const began = performance.now();
let last = '';
for await (const line of rehearse({ store, policy, rules, mode: 'hold', now: Date.now() }))
  last = JSON.stringify(line);
console.log(
  `rehearsal over ${count} requests         ${((performance.now() - began) / 1000).toFixed(1)} s  (wanted 10)  ${last}`,
);
await store.close();

// By the command, beside a WFM that has all of these clients: from the start of the process to its end.
const wfm = await startWfm({ data: directory });
const list = join(directory, 'list.csv');
await writeFile(list, Array.from({ length: 10_000 }, (_, i) => `${hex(`p${i}`)},key,no. ${i}\n`).join(''));
const main = new URL('../packages/cli/src/main.ts', import.meta.url).pathname;
const strip = new URL('../scripts/strip-cache.mjs', import.meta.url).href;
for (const what of ['import of 10,000 by the command', 'the same list again']) {
  const imported = performance.now();
  execFileSync(process.execPath, ['--import', strip, main, 'preauthorize', list, '--data', directory], {
    stdio: 'ignore',
  });
  const seconds = ((performance.now() - imported) / 1000).toFixed(1);
  console.log(`${what.padEnd(38)} ${seconds} s  (wanted 5)`);
}
await wfm.stop();
await rm(directory, { recursive: true, force: true });
