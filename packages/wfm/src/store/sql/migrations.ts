import { type Kysely, sql } from 'kysely';
import type { Database, Engine } from './schema.ts';

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly statements: (engine: Engine) => string[];
}

/** In order, append-only; each name says why it is there. */
const migrations: readonly Migration[] = [
  {
    number: 1,
    name: 'identities, requests, devices, replay memory, tokens and the audit chain',
    statements: ({ bytes, bigint }) => [
      `create table "clients" ("clientId" text primary key, "state" text not null, "spkiSha256" text not null unique,
        "certificateSha256" text not null, "certificateDer" ${bytes} not null, "subject" text not null, "notAfter" ${bigint} not null,
        "createdAt" ${bigint} not null, "updatedAt" ${bigint} not null, "decidedBy" text not null, "lastSeenAt" ${bigint})`,
      `create index "clientsByTime" on "clients" ("createdAt", "clientId")`,
      `create index "clientsByCertificate" on "clients" ("certificateSha256")`,
      `create table "enrollments" ("enrollmentId" text primary key, "state" text not null, "clientId" text, "spkiSha256" text not null unique,
        "certificateSha256" text not null, "certificateDer" ${bytes} not null, "subject" text not null, "issuer" text not null,
        "notAfter" ${bigint} not null, "remoteAddress" text not null, "firstSeenAt" ${bigint} not null, "lastSeenAt" ${bigint} not null,
        "attempts" ${bigint} not null, "decidedAt" ${bigint}, "decidedBy" text, "reason" text)`,
      `create index "enrollmentsByState" on "enrollments" ("state", "firstSeenAt", "enrollmentId")`,
      `create index "enrollmentsByTime" on "enrollments" ("firstSeenAt", "enrollmentId")`,
      `create table "receipts" ("spkiSha256" text not null, "createdAt" ${bigint} not null, "method" text not null, "targetUri" text not null,
        "fields" text not null, "body" ${bytes} not null, "rule" text not null, "decidedBy" text not null, "clientId" text not null,
        primary key ("spkiSha256", "createdAt"))`,
      `create table "devices" ("clientId" text not null references "clients" ("clientId") on delete cascade, "deviceId" text not null,
        "profile" text not null, "model" text not null, "document" ${bytes} not null, "digest" text not null, "revision" ${bigint} not null,
        "createdAt" ${bigint} not null, "updatedAt" ${bigint} not null, "lastSeenAt" ${bigint} not null, primary key ("clientId", "deviceId"))`,
      `create index "devicesByTime" on "devices" ("createdAt", "clientId", "deviceId")`,
      `create table "preauthorizations" ("fingerprint" text primary key, "kind" text not null, "note" text, "createdAt" ${bigint} not null,
        "createdBy" text not null, "usedAt" ${bigint})`,
      `create table "replay" ("spkiSha256" text not null, "baseSha256" text not null, "expiresAt" ${bigint} not null,
        primary key ("spkiSha256", "baseSha256"))`,
      `create index "replayByExpiry" on "replay" ("expiresAt")`,
      `create table "tokens" ("tokenSha256" text primary key, "name" text not null, "role" text not null, "createdAt" ${bigint} not null, "expiresAt" ${bigint})`,
      `create table "audit" ("seq" ${bigint} primary key, "at" ${bigint} not null, "actor" text not null, "action" text not null,
        "subject" text not null, "detail" text not null, "hash" text not null, "previousHash" text not null)`,
      `create table "auditHead" ("id" ${bigint} primary key, "seq" ${bigint} not null, "hash" text not null)`,
      `insert into "auditHead" ("id", "seq", "hash") values (1, 0, '')`,
    ],
  },
];

/** Brings the schema up to date; safe when several processes start at once. */
export async function migrate(engine: Engine, now: number): Promise<void> {
  await engine.withMigrationLock(async (database: Database) => {
    await sql`create table if not exists "migrations" ("number" integer primary key, "name" text not null, "appliedAt" ${sql.raw(engine.bigint)} not null)`.execute(
      database,
    );
    const done = new Set(
      (await database.selectFrom('migrations').select('number').execute()).map((row) => row.number),
    );
    for (const migration of migrations) {
      if (done.has(migration.number)) continue;
      for (const statement of migration.statements(engine))
        await sql.raw(statement).execute(database as Kysely<unknown>);
      await database
        .insertInto('migrations')
        .values({ number: migration.number, name: migration.name, appliedAt: now })
        .execute();
    }
  });
}
