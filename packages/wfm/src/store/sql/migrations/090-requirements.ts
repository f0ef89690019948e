import type { Migration } from './migration.ts';

export const requirements: Migration = {
  number: 90,
  name: 'workloads that devices must be able to host, their drift beside that of reservations, and what is to be noted of it',
  statements: ({ bigint, name }) => {
    const id = name === 'sqlite' ? 'integer primary key' : 'bigint generated always as identity primary key';
    return [
      `create table "requiredWorkloads" ("name" text primary key, "application" text not null, "document" text not null,
        "profiles" text not null, "target" text, "selector" text not null, "createdAt" ${bigint} not null, "createdBy" text not null)`,
      // Raised with each change, so that every instance knows when what it remembers is old.
      `create table "requiredVersion" ("id" integer primary key, "version" ${bigint} not null)`,
      `insert into "requiredVersion" ("id", "version") values (1, 0)`,
      // One of the two causes is given.
      `create table "drift" ("alertId" text primary key,
        "reservationId" text unique references "reservations" ("reservationId") on delete cascade,
        "requirement" text references "requiredWorkloads" ("name") on delete cascade,
        "clientId" text not null, "deviceId" text not null, "application" text not null, "profile" text,
        "lost" text not null, "since" ${bigint} not null, unique ("requirement", "clientId", "deviceId"),
        foreign key ("clientId", "deviceId") references "devices" ("clientId", "deviceId") on delete cascade)`,
      `insert into "drift" ("alertId", "reservationId", "clientId", "deviceId", "application", "lost", "since")
        select "reservationId", "reservationId", "clientId", "deviceId", "application", "lost", "since" from "driftAlerts"`,
      `drop table "driftAlerts"`,
      `create index "driftBySince" on "drift" ("since", "alertId")`,
      `create index "driftByDevice" on "drift" ("clientId", "deviceId")`,
      `create table "auditQueue" ("id" ${id}, "at" ${bigint} not null, "actor" text not null, "action" text not null,
        "subject" text not null, "detail" text not null)`,
    ];
  },
};
