import type { Migration } from './migration.ts';

const come = `select "labelSetId", "offerId", count(*) as "n" from "come" where "offerId" is not null group by 1, 2`;
const gone = `select "labelSetId", "offerId", -count(*) as "n" from "gone" where "offerId" is not null group by 1, 2`;
const both = `select "labelSetId", "offerId", sum("n")::bigint as "n" from (${come} union all ${gone}) as "moved" group by 1, 2 having sum("n") <> 0`;

function sums(table: string, key: string): string {
  return `update ${table} as "t" set "devices" = "t"."devices" + "d"."n"::bigint
    from (select ${key}, sum("n") as "n" from "delta" group by 1 having sum("n") <> 0) as "d" where "t".${key} = "d".${key}`;
}

/** A statement counts all its rows at once, and one that moves none of them between groups waits for nobody. */
function counting(event: 'insert' | 'update' | 'delete', tables: string, delta: string): string[] {
  return [
    `create function "countDevicesOn_${event}"() returns trigger language plpgsql as $$
    begin
      if not exists (${delta}) then return null; end if;
      -- One lock for all counts: two reports that swap offers would otherwise wait for each other.
      perform pg_advisory_xact_lock(7305114002);
      with "delta" as materialized (${delta}),
        "grouped" as (insert into "deviceGroups" ("labelSetId", "offerId", "devices") select "labelSetId", "offerId", "n" from "delta"
          on conflict ("labelSetId", "offerId") do update set "devices" = "deviceGroups"."devices" + excluded."devices"),
        "offered" as (${sums('"offers"', '"offerId"')})
      ${sums('"labelSets"', '"labelSetId"')};
      return null;
    end $$`,
    `create trigger "devicesCount_${event}" after ${event} on "devices" referencing ${tables}
      for each statement execute function "countDevicesOn_${event}"()`,
  ];
}

/** SQLite has no transition tables, and one writer: its triggers stay as they are. */
export const countingByStatement: Migration = {
  number: 11,
  name: 'on PostgreSQL devices are counted by statement, not by row',
  statements: ({ name }) =>
    name === 'sqlite'
      ? []
      : [
          `drop trigger "devicesCount" on "devices"`,
          `drop function "countDevices"()`,
          ...counting('insert', 'new table as "come"', come),
          ...counting('delete', 'old table as "gone"', gone),
          ...counting('update', 'old table as "gone" new table as "come"', both),
          // Counts change in place, within their page.
          `alter table "offers" set (fillfactor = 80)`,
          `alter table "labelSets" set (fillfactor = 80)`,
          `alter table "deviceGroups" set (fillfactor = 80)`,
        ],
};
