/** Clients that send signed reports, made before the clock starts, so that signing costs the measured server nothing. */
import { createSecureContext } from 'node:tls';
import { manifest, newClient, onboard, signedRequest } from './client.ts';
import { Connection } from './connection.ts';
import { type BenchServer, processorMilliseconds } from './server.ts';

/** Makes a request that reports another serial number. */
export type Reporter = (serial: number) => Promise<Buffer>;

/** Onboards a client with one device. */
async function reporter(number: number, url: string, ca: Buffer): Promise<Reporter> {
  const client = await newClient(`bench ${number}`);
  const path = `/api/v1/clients/${await onboard(client, url, { ca })}/capabilities/d`;
  return (serial) => signedRequest(client.signer, 'PUT', url + path, manifest('d', `S${serial}`));
}

/** Onboards clients at a WFM. */
export function reporters(count: number, url: string, ca: Buffer): Promise<Reporter[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => reporter(i, url, ca)));
}

/** Opens a connection for each of several clients. */
export function connections(count: number, port: number, ca: Buffer): Promise<Connection[]> {
  const context = createSecureContext({ ca });
  return Promise.all(Array.from({ length: count }, () => Connection.open(port, context)));
}

export interface Rate {
  /** Requests per second. */
  readonly rate: number;
  /** Microseconds of the server's processor time for each. */
  readonly server: number;
  /** Microseconds of this process's processor time for each. */
  readonly client: number;
}

/**
 * Sends new reports, each client on a connection of its own.
 * @param serial of the first report; every one is another
 * @throws Error when one is not taken
 */
export async function putReports(
  server: BenchServer,
  o: { team: readonly Reporter[]; to: readonly Connection[]; each: number; serial: number },
): Promise<Rate> {
  const queues = await Promise.all(
    o.team.map((report, i) =>
      Promise.all(Array.from({ length: o.each }, (_, j) => report(o.serial + i * o.each + j))),
    ),
  );
  const [before, own, began] = [
    await processorMilliseconds(server.pid),
    process.cpuUsage(),
    process.hrtime.bigint(),
  ];
  await Promise.all(
    o.to.map(async (connection, i) => {
      for (const request of queues[i] ?? []) {
        const { status, body } = await connection.send(request);
        if (status !== 200 && status !== 201) throw new Error(`${status} ${body}`);
      }
    }),
  );
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const { user, system } = process.cpuUsage(own);
  const spent = (await processorMilliseconds(server.pid)) - before;
  const total = o.each * o.team.length;
  return { rate: total / seconds, server: (spent * 1000) / total, client: (user + system) / total };
}

/** The one in the middle. */
export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
