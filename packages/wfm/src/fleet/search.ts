/** The inventory as operators search it: sorted pages, the tree of gateways. */
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
