import type { Migration } from './migration.ts';

export const moving: Migration = {
  number: 30,
  name: 'why a client was retired, when it has confirmed that, and where it was sent',
  statements: ({ bigint }) => [
    `alter table "clients" add column "retiredReason" text`,
    `alter table "clients" add column "acknowledgedAt" ${bigint}`,
    `alter table "clients" add column "rebind" text`,
  ],
};
