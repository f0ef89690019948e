/**
 * Reports as the device path takes them in behind the signature: read, checked, claimed, each a new revision with another
 * offer, on disk when it is answered: `node bench/ingest.ts [postgres]`. What the signature, TLS and
 * HTTP cost beside it is the matter of `bench/report.ts`.
 */
import { hash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { renderCapabilities } from '@muster/protocol';
import { takeReport } from '../packages/wfm/src/fleet/take-report.ts';
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
  const clientId = owners[i % owners.length] ?? '';
  return {
    clientId,
    deviceId: named.deviceId,
    body: Buffer.from(JSON.stringify(renderCapabilities(named, 'rc.2c'))),
    claim: () => ({
      spkiSha256: hash('sha256', clientId),
      baseSha256: hash('sha256', `${i}`),
      expiresAt: 9e12,
    }),
    now: Date.now(),
  };
});
// The first 2,000 make the devices and most of the offers, and warm up.
let next = 0;
for (const [parallel, count] of [
  [64, 2000],
  [1, 500],
  [16, 4000],
  [64, 6000],
  [256, 8000],
] as const) {
  const end = next + count;
  const [cpu, loop, began] = [
    process.cpuUsage(),
    performance.eventLoopUtilization(),
    process.hrtime.bigint(),
  ];
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      while (next < end) {
        const { result } = await takeReport(store.devices, reports[next++] as (typeof reports)[number]);
        if (result !== 'created' && result !== 'updated') throw new Error(result);
      }
    }),
  );
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const { user, system } = process.cpuUsage(cpu);
  const { utilization } = performance.eventLoopUtilization(loop);
  console.log(
    `${String(parallel).padStart(3)} at a time  ${String(Math.round(count / seconds)).padStart(6)}/s, processor time of this process ${((user + system) / count).toFixed(0)} µs each, main thread busy ${(utilization * 100).toFixed(0)} %`,
  );
}
await store.close();
await server?.stop();
await rm(directory, { recursive: true, force: true });
