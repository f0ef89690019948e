/** A signed, durable capability PUT through the real server, as a share of a bare PUT of the same body. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manifest, newClient, onboard, send } from './support/client.ts';
import { startServer, startWfm } from './support/server.ts';

const data = await mkdtemp(join(tmpdir(), 'muster-bench-'));
const wfm = await startWfm({ data });
const bare = await startServer([
  new URL('baseline-server.ts', import.meta.url).pathname,
  join(data, 'trust/server-key.pem'),
  join(data, 'trust/server.pem'),
]);
const agent = new Agent({
  keepAlive: true,
  maxSockets: 16,
  ca: await readFile(join(data, 'operator-ca.pem')),
});
const client = await newClient('bench');
const clientId = await onboard(client, wfm.url, { agent });

async function rate(where: string, from: number, count: number): Promise<number> {
  let next = from;
  const began = process.hrtime.bigint();
  await Promise.all(
    Array.from({ length: 16 }, async (_, worker) => {
      while (next < from + count) {
        const { status, text } = await send(
          client.signer,
          'PUT',
          `${where}/api/v1/clients/${clientId}/capabilities/d${worker}`,
          manifest(`d${worker}`, `S${next++}`),
          { agent },
        );
        if (status !== 200 && status !== 201) throw new Error(`${status} ${text}`);
      }
    }),
  );
  return count / (Number(process.hrtime.bigint() - began) / 1e9);
}

const bareOrigin = `https://127.0.0.1:${String(bare.said['port'])}`;
const signed: number[] = [];
const unsigned: number[] = [];
for (let round = 0; round < 5; round++) {
  signed.push(await rate(wfm.url, round * 2000, 2000));
  unsigned.push(await rate(bareOrigin, round * 2000, 2000));
}
const median = (rates: number[]): number => rates.slice(1).sort((a, b) => a - b)[2] ?? 0;
console.log(`signed, durable PUT of a new revision  ${Math.round(median(signed))}/s`);
console.log(`bare PUT of the same body              ${Math.round(median(unsigned))}/s`);
console.log(`share                                  ${(median(signed) / median(unsigned)).toFixed(2)}`);
agent.destroy();
await Promise.all([wfm.stop(), bare.stop()]);
await rm(data, { recursive: true, force: true });
