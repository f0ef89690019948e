import type { Migration } from './migration.ts';

export const signers: Migration = {
  number: 41,
  name: 'other WFMs whose signature under a client is believed',
  statements: ({ bigint }) => [
    `create table "signers" ("fingerprint" text primary key, "note" text, "createdAt" ${bigint} not null, "createdBy" text not null)`,
  ],
};
