import type { Migration } from './migration.ts';

export const webhooks: Migration = {
  number: 20,
  name: 'who is told what happens, how far each receiver is, and what it could not be told',
  statements: ({ bigint }) => [
    `create table "webhooks" ("name" text primary key, "kind" text not null, "url" text not null, "types" text not null,
      "caPem" text, "enabled" ${bigint} not null, "createdAt" ${bigint} not null, "createdBy" text not null,
      "position" ${bigint} not null, "tries" ${bigint} not null, "nextTryAt" ${bigint} not null,
      "lastStatus" ${bigint}, "lastError" text, "lastAt" ${bigint}, "dropped" ${bigint} not null,
      "leaseOwner" text, "leaseUntil" ${bigint} not null)`,
    `create table "deadLetters" ("webhook" text not null references "webhooks" ("name") on delete cascade, "seq" ${bigint} not null,
      "diedAt" ${bigint} not null, "tries" ${bigint} not null, "lastStatus" ${bigint}, "lastError" text, "queued" ${bigint} not null,
      primary key ("webhook", "seq"))`,
  ],
};
