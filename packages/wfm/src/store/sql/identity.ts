/** The one place where identities come into being and keys are bound to them: never two for a key. */
import type { Applicant, ClientKey, ClientRecord, HoldTerms, KeptReceipt, Receipt } from '../ports.ts';
import { appendAudit } from './audit.ts';
import type { Database, Tables, Tx } from './schema.ts';
import { statement } from './statement.ts';

type ClientRow = Tables['clients'];

function keyFields(
  a: Applicant,
): Pick<
  ClientRecord,
  'spkiSha256' | 'certificateSha256' | 'certificateDer' | 'subject' | 'notAfter' | 'serialNumber'
> {
  const { spkiSha256, certificateSha256, certificateDer, subject, notAfter, serialNumber } = a;
  return { spkiSha256, certificateSha256, certificateDer, subject, notAfter, serialNumber };
}

const searchText = (subject: string, clientId: string): string => `${subject} ${clientId}`.toLowerCase();

const putKey = statement((on, key: ClientKey) =>
  on
    .insertInto('clientKeys')
    .values(key)
    .onConflict((c) =>
      c.column('spkiSha256').doUpdateSet({
        state: 'current',
        until: null,
        certificateSha256: key.certificateSha256,
        certificateDer: key.certificateDer,
      }),
    ),
);

async function noteKey(tx: Tx, clientId: string, a: Applicant, now: number): Promise<void> {
  const { spkiSha256, certificateSha256, certificateDer } = a;
  const key: ClientKey = {
    spkiSha256,
    clientId,
    state: 'current',
    certificateSha256,
    certificateDer,
    until: null,
    addedAt: now,
  };
  await putKey(tx, key);
}

async function noteSuperseded(tx: Tx, client: ClientRecord, now: number): Promise<void> {
  const { certificateSha256, clientId } = client;
  await tx
    .insertInto('supersededCertificates')
    .values({ certificateSha256, clientId, at: now })
    .onConflict((c) => c.doNothing())
    .execute();
}

/** Two devices that renew the same key take turns: a certificate that was replaced comes back. */
async function isSuperseded(tx: Tx, client: ClientRecord, certificateSha256: string): Promise<boolean> {
  const row = await tx
    .selectFrom('supersededCertificates')
    .select('at')
    .where('clientId', '=', client.clientId)
    .where('certificateSha256', '=', certificateSha256)
    .executeTakeFirst();
  return row !== undefined;
}

/** Blocks a client whose key seems to be in two places. */
export async function raiseCloneAlarm(
  tx: Tx,
  client: ClientRecord,
  why: string,
  now: number,
): Promise<ClientRecord> {
  const blocked = {
    state: 'blocked' as const,
    blockedReason: `cloned key suspected: ${why}`,
    updatedAt: now,
  };
  await tx.updateTable('clients').set(blocked).where('clientId', '=', client.clientId).execute();
  await appendAudit(tx, {
    at: now,
    actor: 'policy',
    action: 'client.cloneAlarm',
    subject: client.clientId,
    detail: { why, before: client.state, after: 'blocked' },
  });
  return { ...client, ...blocked };
}

async function renew(tx: Tx, client: ClientRecord, a: Applicant, now: number): Promise<ClientRecord> {
  if (client.certificateSha256 === a.certificateSha256) return client;
  if (client.state === 'active' && (await isSuperseded(tx, client, a.certificateSha256)))
    return raiseCloneAlarm(tx, client, 'a certificate that was replaced has come back', now);
  // The same key with another certificate: a renewal. The key is the identity, so the clientId stays.
  const renewed = { ...keyFields(a), updatedAt: now };
  await noteSuperseded(tx, client, now);
  await noteKey(tx, client.clientId, a, now);
  await tx
    .updateTable('clients')
    .set({ ...renewed, search: searchText(a.subject, client.clientId) })
    .where('clientId', '=', client.clientId)
    .execute();
  await appendAudit(tx, {
    at: now,
    actor: `client ${client.clientId}`,
    action: 'certificate.renewed',
    subject: client.clientId,
    detail: { before: client.certificateSha256, after: a.certificateSha256 },
  });
  return { ...client, ...renewed };
}

const keysOnFile = statement((on, { spkiSha256 }: { spkiSha256: string }) =>
  on.selectFrom('clientKeys').selectAll().where('spkiSha256', '=', spkiSha256),
);
const clientsOfKey = statement((on, { spkiSha256 }: { spkiSha256: string }) =>
  on.selectFrom('clients').selectAll().where('spkiSha256', '=', spkiSha256),
);

const clientsOfId = statement((on, { clientId }: { clientId: string }) =>
  on.selectFrom('clients').selectAll().where('clientId', '=', clientId),
);

/** The client of this id. */
export async function clientOfId(on: Tx | Database, clientId: string): Promise<ClientRow | undefined> {
  return (await clientsOfId(on, { clientId }))[0];
}

/** The client of a key, whatever became of either. */
export async function ownerOf(tx: Tx | Database, spkiSha256: string): Promise<ClientKey | undefined> {
  return (await keysOnFile(tx, { spkiSha256 }))[0];
}

/** The client whose present key this is. */
export async function clientOfKey(tx: Tx | Database, spkiSha256: string): Promise<ClientRow | undefined> {
  return (await clientsOfKey(tx, { spkiSha256 }))[0];
}

const setAside = statement((on, { spkiSha256 }: { spkiSha256: string }) =>
  on
    .selectFrom('preauthorizations')
    .select('clientId')
    .where('fingerprint', '=', spkiSha256)
    .where('clientId', 'is not', null),
);
const insertClient = statement((on, client: ClientRow) =>
  on
    .insertInto('clients')
    .values(client)
    .onConflict((c) => c.column('clientId').doNothing())
    .returning('clientId'),
);
const insertReceipt = statement((on, receipt: Tables['receipts']) =>
  on
    .insertInto('receipts')
    .values(receipt)
    .onConflict((c) => c.doNothing()),
);

/** The clientId that was set aside for a key before its device came. */
export async function setAsideFor(tx: Tx, spkiSha256: string): Promise<string | undefined> {
  const [row] = await setAside(tx, { spkiSha256 });
  return row?.clientId ?? undefined;
}

/**
 * Gives a key its client, a new one when it has none.
 * @returns null when the key was given up, or the clientId is somebody else's
 */
export async function createClient(
  tx: Tx,
  a: Applicant,
  o: { clientId: string; isClaimed?: boolean | undefined; decidedBy: string; now: number } & Pick<
    HoldTerms,
    'rule' | 'authority' | 'labels'
  >,
): Promise<{ client: ClientRecord; created: boolean } | 'key-given-up' | 'identity-taken'> {
  const { decidedBy, now, rule, authority, labels } = o;
  const present = await clientOfKey(tx, a.spkiSha256);
  if (present !== undefined) return { client: await renew(tx, present, a, now), created: false };
  const owner = await ownerOf(tx, a.spkiSha256);
  if (owner !== undefined) {
    if (owner.state !== 'previous' || (owner.until ?? 0) <= now) return 'key-given-up';
    const client = await clientOfId(tx, owner.clientId);
    return client === undefined ? 'key-given-up' : { client, created: false };
  }
  // By whatever way the key comes in, it gets what its device was told; but an identity that it can prove counts more.
  const aside = o.isClaimed === true ? undefined : await setAsideFor(tx, a.spkiSha256);
  const clientId = aside ?? o.clientId;
  const client: ClientRecord = {
    ...keyFields(a),
    clientId,
    state: 'active',
    createdAt: now,
    updatedAt: now,
    decidedBy,
    lastSeenAt: null,
    labels,
    authority,
    rule,
    blockedReason: null,
    previousUntil: null,
    history: 0,
    historyConfirmed: 0,
    historyAt: 0,
    caPins: null,
    retiredReason: null,
    acknowledgedAt: null,
    rebind: null,
  };
  const made = await insertClient(tx, { ...client, search: searchText(a.subject, clientId) });
  if (made.length === 0) return 'identity-taken';
  await noteKey(tx, clientId, a, now);
  return { client, created: true };
}

/**
 * Puts a new key in the place of a client's present one.
 * @param o.until until when the old key still counts; null gives it up at once
 * @returns null when the new key belongs to somebody already
 */
export async function bindKey(
  tx: Tx,
  client: ClientRecord,
  a: Applicant,
  o: { until: number | null; now: number },
): Promise<ClientRecord | null> {
  const owner = await ownerOf(tx, a.spkiSha256);
  if (owner !== undefined && (owner.clientId !== client.clientId || owner.state !== 'current')) return null;
  const { until, now } = o;
  // One key before the present one may count at a time; any older one ends here.
  await tx
    .updateTable('clientKeys')
    .set({ state: 'given-up', until: null })
    .where('clientId', '=', client.clientId)
    .where('state', '=', 'previous')
    .execute();
  await tx
    .updateTable('clientKeys')
    .set(until === null ? { state: 'given-up', until: null } : { state: 'previous', until })
    .where('spkiSha256', '=', client.spkiSha256)
    .execute();
  await noteSuperseded(tx, client, now);
  await noteKey(tx, client.clientId, a, now);
  const changed = { ...keyFields(a), previousUntil: until, updatedAt: now };
  await tx
    .updateTable('clients')
    .set({ ...changed, search: searchText(a.subject, client.clientId) })
    .where('clientId', '=', client.clientId)
    .execute();
  return { ...client, ...changed };
}

/** Keeps the signed request behind an identity. */
export async function keepReceipt(
  tx: Tx | Database,
  r: Receipt,
  a: Applicant,
  o: { rule: string; decidedBy: string; clientId: string; now: number },
): Promise<void> {
  await insertReceipt(tx, {
    spkiSha256: a.spkiSha256,
    createdAt: o.now,
    method: r.method,
    targetUri: r.targetUri,
    fields: JSON.stringify(r.fields),
    body: r.body,
    rule: o.rule,
    decidedBy: o.decidedBy,
    clientId: o.clientId,
  });
}

/** The receipts of a client, oldest first. */
export async function receiptsOf(tx: Tx | Database, clientId: string): Promise<KeptReceipt[]> {
  const rows = await tx
    .selectFrom('receipts')
    .selectAll()
    .where('clientId', '=', clientId)
    .orderBy('createdAt')
    .limit(100)
    .execute();
  return rows.map((row) => ({ ...row, fields: JSON.parse(row.fields) as string[] }));
}
