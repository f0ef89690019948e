/** A WFM's database with many clients in it, made without onboarding each. */
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { openStore } from '../../packages/wfm/src/store/open.ts';

/** Hex SHA-256, as fingerprints are. */
export const hex = (text: string): string => createHash('sha256').update(text).digest('hex');

const certificate = Buffer.alloc(600, 1);
const sites = Array.from({ length: 200 }, (_, i) => `site-${i}`);
const insert = (db: Sqlite.Database, table: string, row: Record<string, unknown>): Sqlite.Statement =>
  db.prepare(
    `insert into "${table}" (${Object.keys(row)
      .map((k) => `"${k}"`)
      .join()}) values (${Object.keys(row)
      .map((k) => `@${k}`)
      .join()})`,
  );
const rowsOf = (
  i: number,
  count: number,
): { client: Record<string, unknown>; enrollment: Record<string, unknown> } => {
  const [clientId, subject] = [randomUUID(), `O=Maker ${i % 37},CN=GW-${i}`];
  const shared = {
    spkiSha256: hex(`k${i}`),
    certificateSha256: hex(`c${i}`),
    certificateDer: certificate,
    subject,
    notAfter: 2e12 + ((i * 104_729) % count),
    authority: i % 3 === 0 ? 'acme' : null,
    labels: JSON.stringify({ site: sites[(i * i) % sites.length] }),
    rule: 'acme',
  };
  const evidence = {
    subject: [{ type: 'CN', value: `GW-${i}` }],
    alternativeNames: [],
    extendedKeyUsage: [],
    serialNumber: i.toString(16),
    keyType: 'p256',
    notBefore: 0,
    notAfter: 2e12,
    chain: null,
    groupsVersion: hex('').slice(0, 16),
  };
  return {
    client: {
      ...shared,
      clientId,
      state: i % 50 === 0 ? 'blocked' : 'active',
      createdAt: i,
      updatedAt: i,
      decidedBy: 'rule acme',
      lastSeenAt: i % 10 === 0 ? null : (i * 7919) % count,
      search: `${subject} ${clientId}`.toLowerCase(),
    },
    enrollment: {
      ...shared,
      enrollmentId: randomUUID(),
      state: 'approved',
      clientId,
      issuer: subject,
      remoteAddress: '10.0.0.1',
      firstSeenAt: i,
      lastSeenAt: i,
      attempts: 1,
      evidence: JSON.stringify(evidence),
    },
  };
};

/**
 * Makes a database for `muster wfm start --data`, with clients and their requests.
 * @param directory where it becomes `muster.db`
 */
export async function manyClients(directory: string, count: number): Promise<void> {
  const path = join(directory, 'muster.db');
  await (await openStore({ url: `sqlite:${path}`, now: Date.now })).close();
  const db = new Sqlite(path);
  const first = rowsOf(0, count);
  const [clients, enrollments] = [
    insert(db, 'clients', first.client),
    insert(db, 'enrollments', first.enrollment),
  ];
  db.transaction(() => {
    for (let i = 0; i < count; i++) {
      const { client, enrollment } = rowsOf(i, count);
      clients.run(client);
      enrollments.run(enrollment);
    }
  })();
  db.close();
}
