import type { Migration } from './migration.ts';

export const departures: Migration = {
  number: 60,
  name: 'the signed file with which a client has left: written with its retirement, and given out again when the answer was lost',
  statements: () => [
    `create table "departures" ("clientId" text primary key references "clients" ("clientId") on delete cascade, "file" text not null)`,
  ],
};
