import type { Migration } from './migration.ts';

export const operators: Migration = {
  number: 3,
  name: 'who made an operator token, when it was used last, and whether it was revoked; receipts by client',
  statements: ({ bigint }) => [
    `alter table "tokens" add column "createdBy" text not null default 'muster'`,
    `alter table "tokens" add column "lastUsedAt" ${bigint}`,
    `alter table "tokens" add column "revokedAt" ${bigint}`,
    `create index "receiptsByClient" on "receipts" ("clientId", "createdAt")`,
  ],
};
