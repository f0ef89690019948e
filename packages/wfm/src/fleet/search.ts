/** The inventory as operators search it: sorted pages, counts by facet, the tree of gateways. */
import { readCursor, type SortKey, writeCursor } from '../store/cursor.ts';
import type { DeviceSort, FleetStore, RowKey } from '../store/ports/inventory.ts';
import type { DeviceRecord, Page } from '../store/ports.ts';
import { type Catalogue, letOthersRun } from './catalogue.ts';
import { type Population, populationTests } from './population.ts';

export type FoundDevice = DeviceRecord & {
  readonly labels: Readonly<Record<string, string>>;
};

type Row = DeviceRecord & { offerId: number; labelSetId: number };
type Cursor = readonly [string | number, string, string];

/** Devices that are read and looked at before others may run. */
const step = 250;
const smallSelection = 2000;
const mostFacetValues = 100;
const sortKeys: Readonly<Record<DeviceSort, (d: DeviceRecord) => string | number>> = {
  created: (d) => d.createdAt,
  id: (d) => d.deviceId,
  seen: (d) => d.lastSeenAt,
  changed: (d) => d.updatedAt,
};

const kinds: Readonly<Record<DeviceSort, 'number' | 'string'>> = {
  created: 'number',
  id: 'string',
  seen: 'number',
  changed: 'number',
};

function cursorOf(key: readonly SortKey[] | undefined): Cursor | undefined {
  const [value, clientId, deviceId] = key ?? [];
  return value === undefined ? undefined : [value, String(clientId), String(deviceId)];
}

/** @param descending largest first */
function comparing(sort: DeviceSort, descending: boolean): (a: DeviceRecord, b: DeviceRecord) => number {
  const order = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);
  const key = sortKeys[sort];
  return (a, b) =>
    (descending ? -1 : 1) *
    (order(key(a), key(b)) || order(a.clientId, b.clientId) || order(a.deviceId, b.deviceId));
}

/** One page of devices. */
export async function searchDevices(
  store: FleetStore,
  catalogue: Catalogue,
  q: Population & { sort: DeviceSort; descending: boolean; limit: number; cursor?: string | undefined },
): Promise<Page<FoundDevice>> {
  await catalogue.refresh();
  const { sort, descending, limit } = q;
  const order = `${descending ? '-' : ''}${sort}`;
  const tests = populationTests(q, catalogue);
  const labelSets = tests.labelSetIds === null ? null : new Set(tests.labelSetIds);
  const isIn = (d: Row): boolean =>
    (labelSets === null || labelSets.has(d.labelSetId)) &&
    tests.offerIn(d.offerId) &&
    tests.idIn(d.clientId, d.deviceId) &&
    tests.recordIn(d);
  const compare = comparing(sort, descending);
  let after = cursorOf(readCursor(q.cursor, order, [kinds[sort], 'string', 'string']));
  const found: Row[] = [];
  const { labelSetIds } = tests;
  const few =
    labelSetIds !== null &&
    (await store.labelSetCounts(labelSetIds)).reduce((sum, c) => sum + c.devices, 0) <= smallSelection;
  if (few && labelSetIds !== null) {
    const rows = await store.rowsOfLabels(labelSetIds);
    for (let i = 0; i < rows.length; i += step) {
      const part = rows.slice(i, i + step);
      const of = new Map(part.map((r) => [`${r.clientId}\n${r.deviceId}`, r]));
      for (const record of await store.records(part.map((r): RowKey => [r.clientId, r.deviceId]))) {
        const row = of.get(`${record.clientId}\n${record.deviceId}`);
        if (row !== undefined && isIn({ ...record, ...row })) found.push({ ...record, ...row });
      }
      await letOthersRun();
    }
    found.sort(compare);
    const from = after;
    if (from !== undefined) {
      const [key, clientId, deviceId] = from;
      const mark = (d: Row): number => {
        const k = sortKeys[sort](d);
        const less =
          k < key ||
          (k === key && (d.clientId < clientId || (d.clientId === clientId && d.deviceId <= deviceId)));
        const same = k === key && d.clientId === clientId && d.deviceId === deviceId;
        return same ? 0 : less === descending ? 1 : -1;
      };
      found.splice(0, found.length, ...found.filter((d) => mark(d) > 0));
    }
  } else {
    const ask = tests.needsRows || labelSets !== null || (q.selector ?? []).length > 0 ? step : limit + 1;
    for (;;) {
      const rows = await store.sorted({ sort, descending, limit: ask, after, clientId: q.clientId });
      for (const row of rows) if (found.length <= limit && isIn(row)) found.push(row);
      const last = rows.at(-1);
      if (last === undefined || rows.length < ask || found.length > limit) break;
      after = [sortKeys[sort](last), last.clientId, last.deviceId];
      await letOthersRun();
    }
  }
  const items = found
    .slice(0, limit)
    .map((d) => ({ ...d, labels: catalogue.labelSets.get(d.labelSetId) ?? {} }));
  const last = items.at(-1);
  const more = found.length > limit && last !== undefined;
  return {
    items,
    nextCursor: more ? writeCursor(order, [sortKeys[sort](last), last.clientId, last.deviceId]) : null,
  };
}

interface Facet {
  readonly value: string;
  readonly devices: number;
}

type Facets = Readonly<Record<string, readonly Facet[]>>;

const day = 86_400_000;
/** How long ago, in milliseconds: longer ago than `to`, and no longer than `from`. */
const seenParts = [
  { label: 'last hour', from: 3_600_000, to: null },
  { label: 'last day', from: day, to: 3_600_000 },
  { label: 'last week', from: 7 * day, to: day },
  { label: 'last month', from: 30 * day, to: 7 * day },
  { label: 'longer ago', from: null, to: 30 * day },
] as const;

/** Reads all counts of a table, with a pause between the steps. */
async function everyCount(
  read: (after: number, limit: number) => Promise<{ id: number; devices: number }[]>,
  take: (id: number, devices: number) => void,
): Promise<void> {
  for (let after = 0; ; ) {
    const found = await read(after, 8 * step);
    for (const { id, devices } of found) take(id, devices);
    const last = found.at(-1);
    if (last === undefined || found.length < 8 * step) return;
    after = last.id;
    await letOthersRun();
  }
}

/** Counts by vendor, architecture, runtime, deployment type, peripheral, label, and when last seen. */
export async function countFacets(
  store: FleetStore,
  catalogue: Catalogue,
  q: Population,
  now: number,
): Promise<{ devices: number; facets: Facets }> {
  await catalogue.refresh();
  const counts = new Map<string, Map<string, number>>();
  const add = (facet: string, value: string, devices: number): void => {
    let values = counts.get(facet);
    if (values === undefined) counts.set(facet, (values = new Map()));
    values.set(value, (values.get(value) ?? 0) + devices);
  };
  const countOffer = (offerId: number, devices: number): void => {
    const offer = catalogue.offers.get(offerId)?.offer;
    if (offer === undefined || devices <= 0) return;
    add('vendor', offer.vendor, devices);
    const h = offer.hosting;
    if (h === null) return;
    for (const one of new Set(h.cpuGroups.map((g) => g.architecture ?? 'unnamed')))
      add('architecture', one, devices);
    for (const one of new Set(h.runtimes)) add('runtime', one, devices);
    for (const one of new Set(h.deploymentTypes)) add('deploymentType', one, devices);
    for (const one of new Set(h.peripherals.map((p) => p.type))) add('peripheral', one, devices);
  };
  const ofLabels = new Map<number, number>();
  const countLabels = (labelSetId: number, devices: number): void => {
    ofLabels.set(labelSetId, (ofLabels.get(labelSetId) ?? 0) + devices);
  };
  const countSeen = (label: string, devices: number): void => {
    if (devices > 0) add('lastSeen', label, devices);
  };
  let total = 0;
  const tests = populationTests(q, catalogue);
  if (tests.labelSetIds === null && (q.selector ?? []).length === 0 && !tests.needsRows) {
    // They run beside each other where the database can. The part with most devices is what the others leave.
    const left = catalogue.fullestSeen;
    const parts = Promise.all(
      seenParts.map(({ from, to }, i) =>
        i === left ? 0 : store.countSeen(from === null ? 0 : now - from, to === null ? null : now - to),
      ),
    );
    await Promise.all([
      everyCount(store.offerCounts, (id, devices) => {
        total += devices;
        countOffer(id, devices);
      }),
      everyCount(store.labelSetCountsAfter, countLabels),
    ]);
    const seen = await parts;
    seen[left] = Math.max(0, total - seen.reduce((sum, n) => sum + n, 0));
    for (const [i, devices] of seen.entries()) countSeen(seenParts[i]?.label ?? '', devices);
    catalogue.fullestSeen = seen.indexOf(Math.max(...seen));
  } else {
    let cursor: string | undefined;
    do {
      const page = await searchDevices(store, catalogue, {
        ...q,
        sort: 'created',
        descending: false,
        limit: step,
        cursor,
      });
      for (const device of page.items) {
        const row = device as FoundDevice & { offerId: number; labelSetId: number };
        total++;
        countOffer(row.offerId, 1);
        countLabels(row.labelSetId, 1);
        const part = seenParts.find(({ from }) => from === null || row.lastSeenAt >= now - from);
        countSeen(part?.label ?? '', 1);
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
  for (const [key, value, labelSetIds] of catalogue.pairs()) {
    const devices = labelSetIds.reduce((sum, id) => sum + (ofLabels.get(id) ?? 0), 0);
    if (devices > 0) add('label', `${key}=${value}`, devices);
  }
  const facets = Object.fromEntries(
    ['vendor', 'architecture', 'runtime', 'deploymentType', 'peripheral', 'label', 'lastSeen'].map(
      (facet) => [
        facet,
        [...(counts.get(facet) ?? [])]
          .map(([value, devices]) => ({ value, devices }))
          .sort((a, b) => b.devices - a.devices || (a.value < b.value ? -1 : 1))
          .slice(0, mostFacetValues),
      ],
    ),
  );
  return { devices: total, facets };
}

/** A gateway with what is behind it. */
export interface TreeNode {
  readonly deviceId: string;
  readonly reported: boolean;
  readonly children: TreeNode[];
}

/** Device ids as a tree; a segment in between that reported nothing is shown as such. */
export function deviceTree(deviceIds: readonly string[]): TreeNode[] {
  const nodes = new Map<string, { deviceId: string; reported: boolean; children: TreeNode[] }>();
  const roots: TreeNode[] = [];
  const known = new Set(deviceIds);
  for (const id of [...deviceIds].sort()) {
    const segments = id.split('/');
    let siblings = roots;
    for (let n = 1; n <= segments.length; n++) {
      const deviceId = segments.slice(0, n).join('/');
      let node = nodes.get(deviceId);
      if (node === undefined) {
        node = { deviceId, reported: known.has(deviceId), children: [] };
        nodes.set(deviceId, node);
        siblings.push(node);
      }
      siblings = node.children;
    }
  }
  return roots;
}
