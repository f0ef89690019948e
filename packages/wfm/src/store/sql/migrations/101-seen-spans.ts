import type { Migration } from './migration.ts';

/** Ten minutes: few enough of them to add up, and few devices in the one that a question cuts through. */
const spanOf = (alias: string): string => `"${alias}"."lastSeenAt" / 600000`;
const come = `select ${spanOf('come')} as "span", 1 as "n" from "come"`;
const gone = `select ${spanOf('gone')} as "span", -1 as "n" from "gone"`;
const emptied = `delete from "seenSpans" where "devices" = 0 and "span" in (select ${spanOf('gone')} from "gone");`;

/** What a statement moves between spans: nothing, of most devices that report. */
const moved = (parts: readonly string[]): string =>
  `select "span", sum("n")::bigint as "n" from (${parts.join(' union all ')}) as "moved" group by 1 having sum("n") <> 0`;

function counting(
  event: 'insert' | 'update' | 'delete',
  tables: string,
  delta: string,
  end: string,
): string[] {
  return [
    `create function "countSeenOn_${event}"() returns trigger language plpgsql as $$
    begin
      if not exists (${delta}) then return null; end if;
      -- The lock for all counts of devices: reports that move between the same ones would otherwise wait for each other.
      perform pg_advisory_xact_lock(7305114002);
      insert into "seenSpans" as "kept" ("span", "devices") ${delta}
        on conflict ("span") do update set "devices" = "kept"."devices" + excluded."devices";
      ${end}
      return null;
    end $$`,
    `create trigger "devicesSeen_${event}" after ${event} on "devices" referencing ${tables}
      for each statement execute function "countSeenOn_${event}"()`,
  ];
}

/** SQLite counts its index in parts, in the same process. */
export const seenSpans: Migration = {
  number: 101,
  name: 'on PostgreSQL devices are counted by the ten minutes in which they were seen last',
  statements: ({ name }) =>
    name === 'sqlite'
      ? []
      : [
          `lock table "devices" in share row exclusive mode`,
          `create table "seenSpans" ("span" bigint primary key, "devices" bigint not null) with (fillfactor = 50)`,
          `insert into "seenSpans" select "lastSeenAt" / 600000, count(*) from "devices" group by 1`,
          ...counting('insert', 'new table as "come"', moved([come]), ''),
          ...counting('delete', 'old table as "gone"', moved([gone]), emptied),
          ...counting('update', 'old table as "gone" new table as "come"', moved([come, gone]), emptied),
        ],
};
