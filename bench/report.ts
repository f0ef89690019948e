/**
 * Signed, durable capability PUTs through the real server, as a share of bare PUTs of the same bodies:
 * `node bench/report.ts [postgres] [profile]`. Everything is signed before the clock starts, so that the load client
 * costs both servers the same; `profile` says where the time of each of the server's threads goes.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../packages/wfm/test/support/postgres.ts';
import { manifest, newClient, onboard, signedFields } from './support/client.ts';
import { Connection } from './support/connection.ts';
import { whereTimeGoes } from './support/profile.ts';
import { type BenchServer, processorMilliseconds, startServer, startWfm } from './support/server.ts';

const data = await mkdtemp(join(tmpdir(), 'muster-bench-'));
const postgres = process.argv.includes('postgres') ? await startPostgres() : undefined;
const profiles = process.argv.includes('profile') ? join(data, 'profiles') : undefined;
const clients = 64;
const [rounds, perRound] = [5, 4032];

const wfm = await startWfm({
  data,
  ...(postgres === undefined ? {} : { database: await postgres.database('report') }),
  ...(profiles === undefined ? {} : { node: ['--cpu-prof', '--cpu-prof-dir', profiles] }),
});
const bare = await startServer([
  new URL('baseline-server.ts', import.meta.url).pathname,
  join(data, 'trust/server-key.pem'),
  join(data, 'trust/server.pem'),
]);
const ca = await readFile(join(data, 'operator-ca.pem'));
const { host, port } = new URL(wfm.url);

/** A client with its two connections and one device. */
async function member(number: number) {
  const client = await newClient(`bench ${number}`);
  const path = `/api/v1/clients/${await onboard(client, wfm.url, { ca })}/capabilities/d`;
  const report = async (serial: number): Promise<Buffer> => {
    const body = manifest('d', `S${serial}`);
    const fields = await signedFields(client.signer, 'PUT', wfm.url + path, body);
    const lines = Object.entries({ host, ...fields }).map(([name, value]) => `${name}: ${value}`);
    return Buffer.concat([Buffer.from(`PUT ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`), body]);
  };
  return {
    report,
    toSigned: await Connection.open(Number(port), ca),
    toBare: await Connection.open(Number(bare.said['port']), ca),
  };
}

const team = await Promise.all(Array.from({ length: clients }, (_, i) => member(i)));
let serial = 0;

/** @returns requests per second, and microseconds of the server's and of this process's processor time for each */
async function measure(server: BenchServer, which: 'toSigned' | 'toBare') {
  const queues = await Promise.all(
    team.map(({ report }) => Promise.all(Array.from({ length: perRound / clients }, () => report(serial++)))),
  );
  const [before, own, began] = [
    await processorMilliseconds(server.pid),
    process.cpuUsage(),
    process.hrtime.bigint(),
  ];
  await Promise.all(
    team.map(async (one, i) => {
      for (const request of queues[i] ?? []) {
        const { status, body } = await one[which].send(request);
        if (status !== 200 && status !== 201) throw new Error(`${status} ${body}`);
      }
    }),
  );
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const { user, system } = process.cpuUsage(own);
  const spent = (await processorMilliseconds(server.pid)) - before;
  return {
    rate: perRound / seconds,
    server: (spent * 1000) / perRound,
    client: (user + system) / perRound,
  };
}

const results: Awaited<ReturnType<typeof measure>>[][] = [[], []];
// The first round warms up.
for (let round = 0; round <= rounds; round++) {
  const pair = [await measure(wfm, 'toSigned'), await measure(bare, 'toBare')];
  if (round > 0) pair.forEach((one, i) => results[i]?.push(one));
}
const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[numbers.length >> 1] ?? 0;
const [signed = 0, unsigned = 1] = results.map((of, i) => {
  const rate = median(of.map((r) => r.rate));
  const [server, client] = [median(of.map((r) => r.server)), median(of.map((r) => r.client))];
  console.log(
    `${['signed, durable PUT of a new revision', 'bare PUT of the same body'][i]?.padEnd(38)} ${rate.toFixed(0).padStart(6)}/s, processor time for each: server ${server.toFixed(0)} µs, client ${client.toFixed(0)} µs`,
  );
  return rate;
});
console.log(`share of the bare rate                 ${(signed / unsigned).toFixed(2)}`);
for (const { toSigned, toBare } of team) {
  toSigned.close();
  toBare.close();
}
await Promise.all([wfm.stop(), bare.stop()]);
if (profiles !== undefined)
  for (const file of (await readdir(profiles)).sort()) {
    console.log(`\n${file}`);
    for (const { name, share } of whereTimeGoes(await readFile(join(profiles, file), 'utf8')))
      console.log(`  ${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
  }
await postgres?.stop();
await rm(data, { recursive: true, force: true });
