import type { Migration } from './migration.ts';

export const trust: Migration = {
  number: 4,
  name: 'which root CAs a client says it trusts, for rotations',
  statements: () => [`alter table "clients" add column "caPins" text`],
};
