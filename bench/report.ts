/**
 * Signed, durable capability PUTs through the real server, as a share of bare PUTs of the same bodies:
 * `node bench/report.ts [postgres] [profile]`. Everything is signed before the clock starts, so that the load client
 * costs both servers the same; `profile` says where the time of each of the server's threads goes.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../packages/wfm/test/support/postgres.ts';
import { whereTimeGoes } from './support/profile.ts';
import { connections, median, putReports, type Rate, reporters } from './support/reporters.ts';
import { startServer, startWfm } from './support/server.ts';

const data = await mkdtemp(join(tmpdir(), 'muster-bench-'));
const postgres = process.argv.includes('postgres') ? await startPostgres() : undefined;
const profiles = process.argv.includes('profile') ? join(data, 'profiles') : undefined;
const clients = 64;
const [rounds, each] = [5, 63];

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
const team = await reporters(clients, wfm.url, ca);
const lines = [
  {
    name: 'signed, durable PUT of a new revision',
    server: wfm,
    to: await connections(clients, Number(new URL(wfm.url).port), ca),
  },
  {
    name: 'bare PUT of the same body',
    server: bare,
    to: await connections(clients, Number(bare.said['port']), ca),
  },
].map((line) => ({ ...line, results: [] as Rate[] }));

// The first round warms up.
for (let round = 0, serial = 0; round <= rounds; round++)
  for (const { server, to, results } of lines) {
    const result = await putReports(server, { team, to, each, serial });
    serial += each * clients;
    if (round > 0) results.push(result);
  }
const [signed = 0, unsigned = 1] = lines.map(({ name, results }) => {
  const [rate, server, client] = (['rate', 'server', 'client'] as const).map((of) =>
    median(results.map((result) => result[of])).toFixed(0),
  );
  console.log(
    `${name.padEnd(38)} ${rate?.padStart(6)}/s, processor time for each: server ${server} µs, client ${client} µs`,
  );
  return Number(rate);
});
console.log(`share of the bare rate                 ${(signed / unsigned).toFixed(2)}`);
for (const { to } of lines) for (const connection of to) connection.close();
await Promise.all([wfm.stop(), bare.stop()]);
if (profiles !== undefined)
  for (const file of (await readdir(profiles)).sort()) {
    console.log(`\n${file}`);
    for (const { name, share } of whereTimeGoes(await readFile(join(profiles, file), 'utf8')))
      console.log(`  ${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
  }
await postgres?.stop();
await rm(data, { recursive: true, force: true });
