import type { Migration } from './migration.ts';

/** What sorts by one column needs only that column: ties are few, and sorted when they are read. */
export const narrowerIndexes: Migration = {
  number: 12,
  name: 'indexes hold the column that they sort by, and no ids beside it',
  statements: () => [
    // The index clientsFilter begins with the same two columns.
    `drop index "clientsByTime"`,
    `drop index "devicesByTime"`,
    `create index "devicesByCreation" on "devices" ("createdAt")`,
    `drop index "devicesById"`,
    `create index "devicesByName" on "devices" ("deviceId")`,
  ],
};
