import type { Migration } from './migration.ts';

export const tickets: Migration = {
  number: 52,
  name: 'the order in which tickets are listed',
  statements: () => [`create index "ticketsByTime" on "tickets" ("createdAt", "ticketSha256")`],
};
