import type { Migration } from './migration.ts';

/**
 * The counts of one set of labels lie all over the table, each on a page of its own, but side by side in the index. SQLite keeps
 * the table itself in this order.
 */
export const countsInTheIndex: Migration = {
  number: 100,
  name: 'on PostgreSQL the counts of a set of labels are read from an index alone',
  statements: ({ name }) =>
    name === 'sqlite'
      ? []
      : [
          `alter table "deviceGroups" drop constraint "deviceGroups_pkey",
             add primary key ("labelSetId", "offerId") include ("devices")`,
          // A count that changes moves in the index anyway: room for it on its page buys nothing. What was looked at since the last
          // vacuum needs no look at the table.
          `alter table "deviceGroups" reset (fillfactor)`,
          `alter table "deviceGroups" set (autovacuum_vacuum_scale_factor = 0.02)`,
        ],
};
