/**
 * What admission and everything around it costs the device path: signed PUTs to a WFM that has nothing of it, and to one with
 * 100,000 clients and their requests, rules, certificate authorities with revocation lists, a webhook, and an operator who
 * follows the events; in turns: `node bench/laden.ts`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRootCa, generateKeyPair } from '@muster/pki';
import { manyClients } from './support/many-clients.ts';
import { connections, median, putReports, reporters } from './support/reporters.ts';
import { startWfm } from './support/server.ts';

const [clients, rounds, each] = [64, 25, 63];
const directory = await mkdtemp(join(tmpdir(), 'muster-bench-'));
const muster = (...args: string[]): readonly string[] => [
  '--import',
  new URL('../scripts/strip-cache.mjs', import.meta.url).href,
  new URL('../packages/cli/src/main.ts', import.meta.url).pathname,
  ...args,
  '--data',
  join(directory, 'laden'),
];

async function line(name: string) {
  const data = join(directory, name);
  const wfm = await startWfm({ data });
  const ca = await readFile(join(data, 'operator-ca.pem'));
  const team = await reporters(clients, wfm.url, ca);
  const open = () => connections(clients, Number(new URL(wfm.url).port), ca);
  return { name, wfm, team, open, rates: [] as number[] };
}

await mkdir(join(directory, 'laden'));
await manyClients(join(directory, 'laden'), 100_000);
const lines = [await line('empty'), await line('laden')];

// A receiver that takes all it gets. Reports are no events that it asks for; what happens to clients is.
const trust = join(directory, 'laden', 'trust');
const receiver = createServer(
  { key: await readFile(join(trust, 'server-key.pem')), cert: await readFile(join(trust, 'server.pem')) },
  (request, response) => request.resume().on('end', () => response.end()),
);
await once(receiver.listen(0), 'listening');
const address = receiver.address();
const port = typeof address === 'object' && address !== null ? address.port : 0;
const run = (...args: string[]): void => {
  execFileSync(process.execPath, muster(...args), { stdio: ['ignore', 'ignore', 'inherit'] });
};
for (const name of ['press', 'robot', 'oven']) {
  const root = await createRootCa({
    keys: await generateKeyPair('p256'),
    commonName: `${name} makers`,
    notBefore: new Date(Date.now() - 86_400_000),
    days: 3650,
  });
  const file = join(directory, `${name}.pem`);
  await writeFile(file, root.pem);
  run(
    'device-ca',
    'add',
    file,
    '--name',
    name,
    '--action',
    'allow',
    '--subject',
    `CN=${name}-*`,
    '--label',
    `kind=${name}`,
  );
}
run(
  'webhooks',
  'add',
  'receiver',
  `https://localhost:${port}/`,
  '--types',
  'client.',
  '--ca',
  join(directory, 'laden', 'operator-ca.pem'),
);
const follower = spawn(process.execPath, muster('events', '--json'), { stdio: 'ignore' });

// The first round warms up.
for (let round = 0, serial = 0; round <= rounds; round++)
  for (const { wfm, team, open, rates } of round % 2 === 0 ? lines : lines.toReversed()) {
    // New for each round: a connection is closed when it rests for as long as a round takes on a slow machine.
    const to = await open();
    const { rate } = await putReports(wfm, { team, to, each, serial });
    for (const connection of to) connection.close();
    serial += each * clients;
    if (round > 0) rates.push(rate);
  }
for (const { name, rates } of lines)
  console.log(`signed PUT, ${name.padEnd(12)} ${median(rates).toFixed(0).padStart(6)}/s`);
// By pairs that were measured one after the other: the machine's speed changes from minute to minute.
const [empty, laden] = lines;
const shares = laden?.rates.map((rate, i) => rate / (empty?.rates[i] ?? 1)) ?? [];
console.log(`laden / empty            ${median(shares).toFixed(2)}  (wanted 0.95)`);
follower.kill();
receiver.close();
for (const { wfm } of lines) await wfm.stop();
await rm(directory, { recursive: true, force: true });
