/**
 * Reports straight into the store, each a new revision, durable when it is answered: `node bench/ingest.ts [postgres]`.
 * What the signature, TLS and HTTP cost beside it is the matter of `bench/report.ts`.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capabilitiesToJson, renderCapabilities } from '@muster/protocol';
import { openStore } from '../packages/wfm/src/store/open.ts';
import { applicant, terms } from '../packages/wfm/test/store/contract.ts';
import { startPostgres } from '../packages/wfm/test/support/postgres.ts';
import { makeFleet } from './fleet.ts';

const server = process.argv[2] === 'postgres' ? await startPostgres() : undefined;
const directory = await mkdtemp(join(tmpdir(), 'muster-bench-'));
const url = (await server?.database('ingest')) ?? `sqlite:${join(directory, 'ingest.db')}`;
const store = await openStore({ url, now: Date.now });
const owners: string[] = [];
for (let i = 0; i < 500; i++) {
  const clientId = randomUUID();
  owners.push(clientId);
  await store.enrollments.admit({
    applicant: applicant(`bench ${i}`),
    clientId,
    decidedBy: 'bench',
    terms,
    receipt: null,
    now: Date.now(),
  });
}
const reports = [...makeFleet(24_000, 7)].map(({ devices: [first] }, i) => {
  const named = { ...(first as NonNullable<typeof first>), deviceId: 'device' };
  const document = Buffer.from(JSON.stringify(renderCapabilities(named, 'rc.2c')));
  return {
    clientId: owners[i % owners.length] ?? '',
    deviceId: named.deviceId,
    profile: 'rc.2c',
    model: JSON.stringify(capabilitiesToJson(named)),
    document,
    digest: createHash('sha256').update(document).digest('hex'),
    now: Date.now(),
    mode: 'keyed',
  } as const;
});
// The first 2,000 make the devices and most of the offers, and warm up.
let next = 0;
for (const [parallel, count] of [
  [64, 2000],
  [1, 1000],
  [16, 4000],
  [64, 5000],
  [256, 6000],
] as const) {
  const end = next + count;
  const [cpu, began] = [process.cpuUsage(), process.hrtime.bigint()];
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      while (next < end) await store.devices.upsert(reports[next++] as (typeof reports)[number]);
    }),
  );
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `${String(parallel).padStart(3)} at a time  ${String(Math.round(count / seconds)).padStart(6)}/s, of that in this process ${((user + system) / count).toFixed(0)} µs each`,
  );
}
await store.close();
await server?.stop();
await rm(directory, { recursive: true, force: true });
