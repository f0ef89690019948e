/** How the database finds what placement reads, and how much room the fleet takes. */
import { sql } from 'kysely';
import type { Engine } from '../../packages/wfm/src/store/sql/schema.ts';

/** How devices are counted by their last sight: PostgreSQL keeps counts, and looks into the span that is cut through. */
const seen = {
  sqlite: [
    ['last seen, counted', `select count(*) from "devices" where "lastSeenAt" >= 1 and "lastSeenAt" < 2`],
  ],
  postgres: [
    ['last seen, whole spans', `select sum("devices") from "seenSpans" where "span" > 2860000`],
    ['last seen, in one span', `select count(*) from "devices" where "lastSeenAt" >= 1 and "lastSeenAt" < 2`],
  ],
} as const;

/** The statements whose plans matter; `any` is a list of ids in the words of the database. */
const statements = (name: Engine['name'], any: string): readonly (readonly [string, string])[] => [
  [
    'devices of an offer',
    `select "clientId", "deviceId", "offerId", "labelSetId" from "devices" where "offerId" = 7 and ("clientId", "deviceId") > ('', '') order by "clientId", "deviceId" limit 100`,
  ],
  [
    'devices of offers in label sets',
    `select "clientId", "deviceId", "offerId", "labelSetId" from "devices" where "offerId" ${any} and "labelSetId" ${any}`,
  ],
  [
    'devices of label sets',
    `select "clientId", "deviceId", "offerId", "labelSetId" from "devices" where "labelSetId" ${any}`,
  ],
  [
    'counts in label sets',
    `select "offerId", sum("devices") from "deviceGroups" where "labelSetId" ${any} group by "offerId"`,
  ],
  [
    'last seen, a page',
    `select * from "devices" where "lastSeenAt" <= 9007199254740991 order by "lastSeenAt" desc, "clientId" desc, "deviceId" desc limit 100`,
  ],
  ...seen[name],
];

/** @returns lines of a name and its plan */
export async function plans({ name, database }: Engine): Promise<string[]> {
  const sqlite = name === 'sqlite';
  const any = sqlite ? `in (select value from json_each('[7,8]'))` : `= any('{7,8}'::bigint[])`;
  const lines: string[] = [];
  for (const [what, statement] of statements(name, any)) {
    const explain = sql.raw(`${sqlite ? 'explain query plan' : 'explain (costs off)'} ${statement}`);
    const { rows } = await sql<Record<string, unknown>>`${explain}`.execute(database);
    const steps = rows.map((r) => String(r['detail'] ?? r['QUERY PLAN']).trim());
    lines.push(`${what.padEnd(34)}${steps.join(' | ')}`);
  }
  return lines;
}

/** @returns bytes of the whole database, and of its largest tables and indexes */
export async function room({
  name,
  database,
}: Engine): Promise<{ bytes: number; parts: [string, number][] }> {
  const sqlite = name === 'sqlite';
  const total = await sql<{ n: number }>`${sql.raw(
    sqlite
      ? 'select page_count * page_size as n from pragma_page_count(), pragma_page_size()'
      : 'select pg_database_size(current_database()) as n',
  )}`.execute(database);
  const parts = sqlite
    ? { rows: [] }
    : await sql<{ name: string; bytes: number }>`select relname as "name", pg_relation_size(oid) as "bytes"
        from pg_class where relkind in ('r', 'i', 't') order by 2 desc limit 20`.execute(database);
  return { bytes: Number(total.rows[0]?.n), parts: parts.rows.map((p) => [p.name, Number(p.bytes)]) };
}
