import type { Migration } from './migration.ts';

export const setAside: Migration = {
  number: 40,
  name: 'the clientId that is set aside for a key before its device comes, so that it can be told in a file',
  statements: () => [
    `alter table "preauthorizations" add column "clientId" text`,
    `create unique index "preauthorizationsByClient" on "preauthorizations" ("clientId")`,
  ],
};
