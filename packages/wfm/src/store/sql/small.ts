/** Two small stores: pre-authorisations and tokens. */
import { sql } from 'kysely';
import type { PreauthorizationStore, TokenStore } from '../ports.ts';
import type { PreauthorizationSort } from '../ports/preauthorizations.ts';
import type { TokenSort } from '../ports/tokens.ts';
import { appendAudit, lockChain } from './audit.ts';
import { ownerOf, setAsideFor } from './identity.ts';
import { Keyset, names, numbers, numbersOrNone } from './keyset.ts';
import { inOneOrder } from './lists.ts';
import type { Database } from './schema.ts';
import { statement } from './statement.ts';

const preauthorizations = new Keyset<PreauthorizationSort>('fingerprint', {
  fingerprint: { ...names('fingerprint'), isUnique: true },
  createdAt: numbers('createdAt'),
});
const tokens = new Keyset<TokenSort>('tokenSha256', {
  createdAt: numbers('createdAt'),
  name: names('name'),
  lastUsedAt: numbersOrNone('lastUsedAt'),
  expiresAt: numbersOrNone('expiresAt'),
});

const matching = statement((on, v: { certificateSha256: string; spkiSha256: string }) =>
  on
    .selectFrom('preauthorizations')
    .selectAll()
    .where(
      sql<boolean>`(("kind" = 'certificate' and "fingerprint" = ${v.certificateSha256}) or ("kind" = 'key' and "fingerprint" = ${v.spkiSha256}))`,
    ),
);

/** Pre-authorisations over SQL. */
export function sqlPreauthorizations(database: Database): PreauthorizationStore {
  return {
    add: (items, actor, now, dryRun = false) =>
      database.transaction().execute(async (tx) => {
        let added = 0;
        if (dryRun) {
          for (let i = 0; i < items.length; i += 500) {
            const part = items.slice(i, i + 500).map((item) => item.fingerprint);
            const known = await tx
              .selectFrom('preauthorizations')
              .select((e) => e.fn.countAll<number>().as('n'))
              .where('fingerprint', 'in', part)
              .executeTakeFirstOrThrow();
            added += part.length - Number(known.n);
          }
          return { added, existing: items.length - added };
        }
        const head = await lockChain(tx);
        // Chunks stay below the databases' limit of bound parameters.
        for (let i = 0; i < items.length; i += 500) {
          const rows = items.slice(i, i + 500).map((item) => ({
            fingerprint: item.fingerprint,
            kind: item.kind,
            note: item.note ?? null,
            createdAt: now,
            createdBy: actor,
            usedAt: null,
            clientId: null,
          }));
          const done = await tx
            .insertInto('preauthorizations')
            .values(rows)
            .onConflict((c) => c.column('fingerprint').doNothing())
            .returning('fingerprint')
            .execute();
          added += done.length;
        }
        if (added > 0)
          await appendAudit(
            tx,
            {
              at: now,
              actor,
              action: 'preauthorization.added',
              subject: `${added}`,
              detail: { first: items[0]?.fingerprint ?? null, added },
            },
            head,
          );
        return { added, existing: items.length - added };
      }),
    setAside: ({ spkiSha256, clientId, note, actor, now, dryRun }) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const client = await tx
          .selectFrom('clients')
          .select(['clientId', 'state'])
          .where('spkiSha256', '=', spkiSha256)
          .executeTakeFirst();
        if (client?.state === 'active') return { status: 'onboarded', clientId: client.clientId };
        if (client !== undefined) return { refused: client.state };
        if ((await ownerOf(tx, spkiSha256)) !== undefined) return { refused: 'key-given-up' };
        const present = await setAsideFor(tx, spkiSha256);
        if (present !== undefined) return { status: 'existing', clientId: present };
        if (dryRun) return { status: 'would-add', clientId: null };
        await tx
          .insertInto('preauthorizations')
          .values({
            fingerprint: spkiSha256,
            kind: 'key',
            note,
            createdAt: now,
            createdBy: actor,
            usedAt: null,
            clientId,
          })
          .onConflict((c) => c.column('fingerprint').doUpdateSet({ clientId }))
          .execute();
        await appendAudit(tx, {
          at: now,
          actor,
          action: 'preauthorization.setAside',
          subject: clientId,
          detail: { key: spkiSha256, note },
        });
        return { status: 'added', clientId };
      }),
    async match(certificateSha256, spkiSha256) {
      const [row] = await matching(database, { certificateSha256, spkiSha256 });
      return row ?? null;
    },
    async list({ fingerprintPrefix, isUsed, kind, ...o }) {
      let query = database.selectFrom('preauthorizations').selectAll();
      if (fingerprintPrefix !== undefined)
        query = query
          .where('fingerprint', '>=', fingerprintPrefix)
          .where('fingerprint', '<', `${fingerprintPrefix}g`);
      if (isUsed !== undefined) query = query.where('usedAt', isUsed ? 'is not' : 'is', null);
      if (kind !== undefined) query = query.where('kind', '=', kind);
      return preauthorizations.page(await preauthorizations.rows(query, o).execute(), o);
    },
    remove: (fingerprint, actor, now) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const row = await tx
          .deleteFrom('preauthorizations')
          .where('fingerprint', '=', fingerprint)
          .returning('fingerprint')
          .executeTakeFirst();
        if (row === undefined) return false;
        await appendAudit(tx, {
          at: now,
          actor,
          action: 'preauthorization.removed',
          subject: fingerprint,
          detail: {},
        });
        return true;
      }),
  };
}

/** Operator tokens over SQL; only their hashes are kept. */
export function sqlTokens(database: Database): TokenStore {
  return {
    add: (token) =>
      database.transaction().execute(async (tx) => {
        const head = await lockChain(tx);
        const present = await tx
          .selectFrom('tokens')
          .selectAll()
          .where((e) => e.or([e('tokenSha256', '=', token.tokenSha256), e('name', '=', token.name)]))
          .where('revokedAt', 'is', null)
          .execute();
        if (present.some((row) => row.tokenSha256 === token.tokenSha256)) return null;
        if (present[0] !== undefined) return present[0];
        await tx.insertInto('tokens').values(token).execute();
        const { createdAt: at, createdBy: actor, name, role, expiresAt } = token;
        await appendAudit(
          tx,
          { at, actor, action: 'token.created', subject: name, detail: { role, expiresAt } },
          head,
        );
        return null;
      }),
    async bySha256(tokenSha256) {
      return (
        (await database
          .selectFrom('tokens')
          .selectAll()
          .where('tokenSha256', '=', tokenSha256)
          .executeTakeFirst()) ?? null
      );
    },
    async list({ state, role, now, ...o }) {
      let query = database.selectFrom('tokens').selectAll();
      if (role !== undefined) query = query.where('role', '=', role);
      if (state === 'revoked') query = query.where('revokedAt', 'is not', null);
      else if (state !== undefined) query = query.where('revokedAt', 'is', null);
      if (state === 'expired') query = query.where('expiresAt', '<=', now);
      if (state === 'in-force')
        query = query.where((e) => e.or([e('expiresAt', 'is', null), e('expiresAt', '>', now)]));
      return tokens.page(await tokens.rows(query, o).execute(), o);
    },
    revoke: (name, actor, now) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const row = await tx
          .updateTable('tokens')
          .set({ revokedAt: now })
          .where('name', '=', name)
          .where('revokedAt', 'is', null)
          .returning('name')
          .executeTakeFirst();
        if (row === undefined) {
          const former = await tx
            .selectFrom('tokens')
            .select('name')
            .where('name', '=', name)
            .executeTakeFirst();
          return former === undefined ? 'not-found' : 'unchanged';
        }
        await appendAudit(tx, { at: now, actor, action: 'token.revoked', subject: name, detail: {} });
        return 'revoked';
      }),
    async touch(seen) {
      if (seen.size === 0) return;
      await database.transaction().execute(async (tx) => {
        for (const [tokenSha256, lastUsedAt] of inOneOrder(seen))
          await tx
            .updateTable('tokens')
            .set({ lastUsedAt })
            .where('tokenSha256', '=', tokenSha256)
            // Another instance may have seen it later.
            .where(sql<boolean>`coalesce("lastUsedAt", 0) < ${lastUsedAt}`)
            .execute();
      });
    },
  };
}
