import type { Engine } from '../schema.ts';
import type { Migration } from './migration.ts';

const counted = [
  ['"offers"', '"offerId"'],
  ['"labelSets"', '"labelSetId"'],
] as const;

/** Adds `by` to every count that a device is part of. */
function count(row: 'new' | 'old', by: 1 | -1): string {
  const sign = by === 1 ? '+' : '-';
  const sums = counted.map(
    ([table, key]) => `update ${table} set "devices" = "devices" ${sign} 1 where ${key} = ${row}.${key};`,
  );
  const group =
    by === 1
      ? `insert into "deviceGroups" ("labelSetId", "offerId", "devices") values (new."labelSetId", new."offerId", 1)
         on conflict ("labelSetId", "offerId") do update set "devices" = "deviceGroups"."devices" + 1;`
      : `update "deviceGroups" set "devices" = "devices" - 1
         where "labelSetId" = old."labelSetId" and "offerId" = old."offerId";`;
  return `${group} ${sums.join(' ')}`;
}

/** Kept by triggers, because devices also go by a cascade that no code sees. */
function countingTriggers({ name }: Engine): string[] {
  if (name === 'sqlite') {
    const moved = `old."offerId" is not new."offerId" or old."labelSetId" is not new."labelSetId"`;
    return [
      `create trigger "devicesCountNew" after insert on "devices" when new."offerId" is not null begin ${count('new', 1)} end`,
      `create trigger "devicesCountGone" after delete on "devices" when old."offerId" is not null begin ${count('old', -1)} end`,
      `create trigger "devicesCountIn" after update of "offerId", "labelSetId" on "devices" when new."offerId" is not null and (${moved}) begin ${count('new', 1)} end`,
      `create trigger "devicesCountOut" after update of "offerId", "labelSetId" on "devices" when old."offerId" is not null and (${moved}) begin ${count('old', -1)} end`,
    ];
  }
  return [
    // One lock for all counts: two reports that swap offers would otherwise wait for each other.
    `create function "countDevices"() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' and old."offerId" is not distinct from new."offerId"
        and old."labelSetId" is not distinct from new."labelSetId" then return null; end if;
      perform pg_advisory_xact_lock(7305114002);
      if tg_op <> 'DELETE' and new."offerId" is not null then ${count('new', 1)} end if;
      if tg_op <> 'INSERT' and old."offerId" is not null then ${count('old', -1)} end if;
      return null;
    end $$`,
    `create trigger "devicesCount" after insert or delete or update of "offerId", "labelSetId" on "devices"
      for each row execute function "countDevices"()`,
  ];
}

export const inventory: Migration = {
  number: 10,
  name: 'what devices offer, each distinct offer once; labels, revisions, reservations and drift alerts',
  statements: (engine) => {
    const { bytes, bigint, name } = engine;
    const id = name === 'sqlite' ? 'integer primary key' : 'bigint generated always as identity primary key';
    const device = `foreign key ("clientId", "deviceId") references "devices" ("clientId", "deviceId") on delete cascade`;
    return [
      // Rankings must not depend on the language a server was set up for.
      ...(name === 'postgres'
        ? [
            `alter table "devices" alter column "clientId" type text collate "C", alter column "deviceId" type text collate "C"`,
          ]
        : []),
      `alter table "devices" add column "offerId" ${bigint}`,
      `alter table "devices" add column "labelSetId" ${bigint}`,
      `alter table "devices" add column "change" text`,
      `create index "devicesByOffer" on "devices" ("offerId", "clientId", "deviceId")`,
      `create index "devicesByLabels" on "devices" ("labelSetId")`,
      `create index "devicesById" on "devices" ("deviceId", "clientId")`,
      `create index "devicesBySeen" on "devices" ("lastSeenAt")`,
      `create index "devicesByChange" on "devices" ("updatedAt")`,
      `create index "clientsNotActive" on "clients" ("state") where "state" <> 'active'`,
      `create table "offers" ("offerId" ${id}, "digest" text not null unique, "offer" text not null, "devices" ${bigint} not null default 0)`,
      `create table "labelSets" ("labelSetId" ${id}, "digest" text not null unique, "labels" text not null, "devices" ${bigint} not null default 0)`,
      `create table "deviceGroups" ("labelSetId" ${bigint} not null, "offerId" ${bigint} not null, "devices" ${bigint} not null,
        primary key ("labelSetId", "offerId"))${name === 'sqlite' ? ' without rowid' : ''}`,
      ...countingTriggers(engine),
      `create table "labels" ("clientId" text not null references "clients" ("clientId") on delete cascade, "deviceId" text not null,
        "key" text not null, "value" text not null, "source" text not null, "setBy" text not null, "setAt" ${bigint} not null,
        primary key ("clientId", "deviceId", "key", "source"))`,
      `create table "revisions" ("clientId" text not null, "deviceId" text not null, "revision" ${bigint} not null, "at" ${bigint} not null,
        "profile" text not null, "digest" text not null, "document" ${bytes} not null, "change" text,
        primary key ("clientId", "deviceId", "revision"), ${device})`,
      `create table "reservations" ("reservationId" text primary key, "clientId" text not null, "deviceId" text not null,
        "application" text not null, "requirement" text not null, "cpuGroup" ${bigint}, "createdAt" ${bigint} not null,
        "createdBy" text not null, "expiresAt" ${bigint}, ${device})`,
      `create index "reservationsByDevice" on "reservations" ("clientId", "deviceId")`,
      `create index "reservationsByExpiry" on "reservations" ("expiresAt")`,
      `create table "driftAlerts" ("reservationId" text primary key references "reservations" ("reservationId") on delete cascade,
        "clientId" text not null, "deviceId" text not null, "application" text not null, "lost" text not null, "since" ${bigint} not null)`,
      `create index "driftAlertsBySince" on "driftAlerts" ("since", "reservationId")`,
      `create index "driftAlertsByDevice" on "driftAlerts" ("clientId", "deviceId")`,
    ];
  },
};
