import { sql } from 'kysely';
import type { AdmissionStore } from '../ports.ts';
import type { AuthoritySort, TicketSort } from '../ports/admission.ts';
import { appendAudit, lockChain } from './audit.ts';
import { Keyset, names, numbers } from './keyset.ts';
import type { Database, Tx } from './schema.ts';
import { statement } from './statement.ts';

const keyset = new Keyset<AuthoritySort>('name', {
  createdAt: numbers('createdAt'),
  name: { ...names('name'), isUnique: true },
});

const tickets = new Keyset<TicketSort>('ticketSha256', {
  createdAt: numbers('createdAt'),
  expiresAt: numbers('expiresAt'),
});

/** Tells every instance that what decides admission has changed. */
async function raiseVersion(tx: Tx): Promise<void> {
  await tx
    .updateTable('admissionVersion')
    .set({ version: sql<number>`"version" + 1` })
    .where('id', '=', 1)
    .execute();
}

const presentVersion = statement((on) => on.selectFrom('admissionVersion').select('version'));

/** Authorities, revocation lists, rules and tickets over SQL. */
export function sqlAdmission(database: Database): AdmissionStore {
  const presentRules = (db: Database | Tx) =>
    db.selectFrom('ruleSets').selectAll().orderBy('version', 'desc').limit(1).executeTakeFirst();
  return {
    async version() {
      const [row] = await presentVersion(database, {});
      return row?.version ?? 0;
    },
    authorities: () =>
      database.selectFrom('authorities').selectAll().orderBy('position').orderBy('name').execute(),
    async listAuthorities(o) {
      return keyset.page(await keyset.rows(database.selectFrom('authorities').selectAll(), o).execute(), o);
    },
    crlsOf: (authorities) =>
      authorities.length === 0
        ? Promise.resolve([])
        : database
            .selectFrom('crls')
            .select([
              'authority',
              'issuerSha256',
              'thisUpdate',
              'nextUpdate',
              'entries',
              'addedAt',
              'addedBy',
            ])
            .where('authority', 'in', authorities)
            .execute(),
    addAuthority: (authority) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const present = await tx
          .selectFrom('authorities')
          .selectAll()
          .where('name', '=', authority.name)
          .executeTakeFirst();
        if (present !== undefined) {
          const isSame =
            Buffer.from(present.anchors).equals(authority.anchors) &&
            Buffer.from(present.intermediates).equals(authority.intermediates) &&
            present.crlPolicy === authority.crlPolicy &&
            present.crlUrl === authority.crlUrl;
          return { result: isSame ? 'unchanged' : 'conflict', present };
        }
        await tx.insertInto('authorities').values(authority).execute();
        await raiseVersion(tx);
        const { name, crlPolicy, crlUrl, createdAt, createdBy } = authority;
        await appendAudit(tx, {
          at: createdAt,
          actor: createdBy,
          action: 'authority.added',
          subject: name,
          detail: { crlPolicy, crlUrl },
        });
        return { result: 'added', present: authority };
      }),
    removeAuthority: (name, actor, now) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        await tx.deleteFrom('crls').where('authority', '=', name).execute();
        const row = await tx
          .deleteFrom('authorities')
          .where('name', '=', name)
          .returning('name')
          .executeTakeFirst();
        if (row === undefined) return false;
        await raiseVersion(tx);
        await appendAudit(tx, { at: now, actor, action: 'authority.removed', subject: name, detail: {} });
        return true;
      }),
    crls: () => database.selectFrom('crls').selectAll().execute(),
    putCrl: (crl) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const present = await tx
          .selectFrom('crls')
          .select(['thisUpdate', 'der'])
          .where('authority', '=', crl.authority)
          .where('issuerSha256', '=', crl.issuerSha256)
          .executeTakeFirst();
        if (present !== undefined && Buffer.from(present.der).equals(crl.der)) return 'unchanged';
        if (present !== undefined && present.thisUpdate > crl.thisUpdate) return 'older';
        await tx
          .insertInto('crls')
          .values(crl)
          .onConflict((c) => c.columns(['authority', 'issuerSha256']).doUpdateSet(crl))
          .execute();
        await raiseVersion(tx);
        const { authority, addedAt, addedBy, entries, thisUpdate } = crl;
        await appendAudit(tx, {
          at: addedAt,
          actor: addedBy,
          action: 'authority.crlStored',
          subject: authority,
          detail: { entries, thisUpdate: new Date(thisUpdate).toISOString() },
        });
        return 'stored';
      }),
    async rules() {
      return (await presentRules(database)) ?? null;
    },
    putRules: (document, comment, expectedVersion, actor, now) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const present = await presentRules(tx);
        if (present?.document === document) return present;
        if ((present?.version ?? 0) !== expectedVersion) return 'conflict';
        const row = { version: expectedVersion + 1, document, comment, createdAt: now, createdBy: actor };
        await tx.insertInto('ruleSets').values(row).execute();
        await raiseVersion(tx);
        await appendAudit(tx, {
          at: now,
          actor,
          action: 'rules.activated',
          subject: `rules ${row.version}`,
          detail: { comment, before: present?.document ?? null, after: document },
        });
        return row;
      }),
    async countByRule(rule) {
      const row = await database
        .selectFrom('clients')
        .select((e) => e.fn.countAll<number>().as('n'))
        .where('rule', '=', rule)
        .executeTakeFirstOrThrow();
      return Number(row.n);
    },
    addTicket: (ticket) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        await tx.insertInto('tickets').values(ticket).execute();
        const { createdAt, createdBy, clientId, usesLeft, expiresAt, ticketSha256 } = ticket;
        await appendAudit(tx, {
          at: createdAt,
          actor: createdBy,
          action: 'ticket.issued',
          subject: ticketSha256.slice(0, 16),
          detail: { clientId, uses: usesLeft, expiresAt: new Date(expiresAt).toISOString() },
        });
      }),
    async ticket(ticketSha256, now) {
      const row = await database
        .selectFrom('tickets')
        .selectAll()
        .where('ticketSha256', '=', ticketSha256)
        .where('usesLeft', '>', 0)
        .where('expiresAt', '>', now)
        .executeTakeFirst();
      return row ?? null;
    },
    async listTickets({ state, clientId, now, ...o }) {
      let query = database.selectFrom('tickets').selectAll();
      if (clientId !== undefined) query = query.where('clientId', '=', clientId);
      if (state === 'used') query = query.where('usesLeft', '<=', 0);
      else if (state !== undefined)
        query = query.where('usesLeft', '>', 0).where('expiresAt', state === 'open' ? '>' : '<=', now);
      return tickets.page(await tickets.rows(query, o).execute(), o);
    },
    revokeTicket: (ticketId, actor, now) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const found = await tx
          .selectFrom('tickets')
          .selectAll()
          .where('ticketSha256', '>=', ticketId)
          .where('ticketSha256', '<', `${ticketId}g`)
          .executeTakeFirst();
        if (found === undefined) return 'not-found';
        const { ticketSha256, clientId, usesLeft, expiresAt } = found;
        if (usesLeft <= 0 || expiresAt <= now) return 'unchanged';
        await tx
          .updateTable('tickets')
          .set({ expiresAt: now })
          .where('ticketSha256', '=', ticketSha256)
          .execute();
        const detail = { clientId, usesLeft };
        await appendAudit(tx, { at: now, actor, action: 'ticket.revoked', subject: ticketId, detail });
        return 'revoked';
      }),
  };
}
