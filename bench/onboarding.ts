/** Durable onboardings per second on SQLite, each on a TLS connection of its own; then memory and start-up. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { type BenchClient, newClient, signedRequest } from './support/client.ts';
import { Connection } from './support/connection.ts';
import { residentMegabytes, startWfm } from './support/server.ts';

const total = Number(process.argv[2] ?? 10_000);
const data = await mkdtemp(join(tmpdir(), 'muster-bench-'));
let wfm = await startWfm({ data });
const secureContext = createSecureContext({ ca: await readFile(join(data, 'operator-ca.pem'), 'utf8') });
const atOnce = 64;

/** Signs, connects, asks and goes, by as little as that takes: the client shares its two cores with the server. */
async function onboard({ signer, onboarding }: BenchClient): Promise<void> {
  const request = await signedRequest(signer, 'POST', `${wfm.url}/api/v1/onboarding`, onboarding);
  const connection = await Connection.open(Number(new URL(wfm.url).port), secureContext);
  const { status, body } = await connection.send(request);
  if (status !== 201) throw new Error(`${status} ${body}`);
  connection.close();
}

let done = 0;
let busy = 0;
const batch = 500;
while (done < total) {
  // Keys and certificates are made outside the clock: only onboarding is measured.
  const size = Math.min(batch, total - done);
  const queue = await Promise.all(Array.from({ length: size }, () => newClient('bench')));
  const began = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) await onboard(next);
    }),
  );
  busy += (performance.now() - began) / 1000;
  done += size;
}
console.log(`onboardings, durable, own TLS connection  ${Math.round(total / busy)}/s  (wanted 400)`);
console.log(
  `resident memory after ${total} clients     ${await residentMegabytes(wfm.pid)} MB  (wanted 200)`,
);
await wfm.stop();
wfm = await startWfm({ data });
console.log(`ready after a start on that data          ${wfm.readyMilliseconds} ms  (wanted 1500)`);
console.log(`resident memory after that start          ${await residentMegabytes(wfm.pid)} MB`);
await wfm.stop();
await rm(data, { recursive: true, force: true });
