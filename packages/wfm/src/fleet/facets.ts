/** Counts of the inventory by vendor, architecture, runtime, deployment type, peripheral, label, and when last seen. */
import type { Offer } from '../placement/offer.ts';
import type { FleetStore } from '../store/ports/inventory.ts';
import { type Catalogue, letOthersRun } from './catalogue.ts';
import { type Population, populationTests } from './population.ts';
import { type FoundDevice, searchDevices } from './search.ts';

/** Devices that are read and looked at before others may run. */
const step = 250;
/** Counts are small: more of them are read at once. */
const countStep = 2000;
/** Label sets that are added up before others may run. */
const labelStep = 10_000;
const mostFacetValues = 100;

const facetNames = [
  'vendor',
  'architecture',
  'runtime',
  'deploymentType',
  'peripheral',
  'label',
  'lastSeen',
] as const;
type FacetName = (typeof facetNames)[number];

interface Facet {
  readonly value: string;
  readonly devices: number;
}

type Facets = Readonly<Record<FacetName, readonly Facet[]>>;

const day = 86_400_000;
/** How long ago, in milliseconds: longer ago than `to`, and no longer than `from`. */
const seenParts = [
  { label: 'last hour', from: 3_600_000, to: null },
  { label: 'last day', from: day, to: 3_600_000 },
  { label: 'last week', from: 7 * day, to: day },
  { label: 'last month', from: 30 * day, to: 7 * day },
  { label: 'longer ago', from: null, to: 30 * day },
] as const;

/** What an offer is counted under. */
function listed({ vendor, hosting }: Offer): (readonly [FacetName, string])[] {
  if (hosting === null) return [['vendor', vendor]];
  const { cpuGroups, runtimes, deploymentTypes, peripherals } = hosting;
  const each = (facet: FacetName, values: readonly string[]) =>
    [...new Set(values)].map((value) => [facet, value] as const);
  return [
    ['vendor', vendor],
    ...each(
      'architecture',
      cpuGroups.map((g) => g.architecture ?? 'unnamed'),
    ),
    ...each('runtime', runtimes),
    ...each('deploymentType', deploymentTypes),
    ...each(
      'peripheral',
      peripherals.map((p) => p.type),
    ),
  ];
}

/** The values that offers are counted under, each with a number: found once for each offer, counted many times. */
class OfferValues {
  static readonly #known = new WeakMap<Catalogue, OfferValues>();
  readonly names: (readonly [FacetName, string])[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #ofOffers = new WeakMap<Offer, readonly number[]>();

  static in(catalogue: Catalogue): OfferValues {
    let values = OfferValues.#known.get(catalogue);
    if (values === undefined) OfferValues.#known.set(catalogue, (values = new OfferValues()));
    return values;
  }

  of(offer: Offer): readonly number[] {
    let numbers = this.#ofOffers.get(offer);
    if (numbers === undefined) {
      numbers = listed(offer).map((name) => this.#numberOf(name));
      this.#ofOffers.set(offer, numbers);
    }
    return numbers;
  }

  #numberOf(name: readonly [FacetName, string]): number {
    const key = name.join('\n');
    let number = this.#numbers.get(key);
    if (number === undefined) {
      this.#numbers.set(key, (number = this.names.length));
      this.names.push(name);
    }
    return number;
  }
}

/** What devices are counted in, one by one or many at once. */
class Counts {
  devices = 0;
  readonly #catalogue: Catalogue;
  readonly #values: OfferValues;
  readonly #ofValues: number[] = [];
  readonly #ofLabelSets = new Map<number, number>();
  readonly #seen = seenParts.map(() => 0);

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
    this.#values = OfferValues.in(catalogue);
  }

  addOffer(offerId: number, devices: number): void {
    this.devices += devices;
    const offer = this.#catalogue.offers.get(offerId)?.offer;
    if (offer === undefined || devices <= 0) return;
    for (const n of this.#values.of(offer)) this.#ofValues[n] = (this.#ofValues[n] ?? 0) + devices;
  }

  addLabelSet(labelSetId: number, devices: number): void {
    this.#ofLabelSets.set(labelSetId, (this.#ofLabelSets.get(labelSetId) ?? 0) + devices);
  }

  addSeen(part: number, devices: number): void {
    this.#seen[part] = (this.#seen[part] ?? 0) + devices;
  }

  async facets(): Promise<Facets> {
    const found: Record<FacetName, Facet[]> = {
      vendor: [],
      architecture: [],
      runtime: [],
      deploymentType: [],
      peripheral: [],
      label: await this.#labels(),
      lastSeen: seenParts.map(({ label }, i) => ({ value: label, devices: this.#seen[i] ?? 0 })),
    };
    for (const [n, devices] of this.#ofValues.entries()) {
      const [facet, value] = this.#values.names[n] ?? [];
      if (facet !== undefined && value !== undefined) found[facet].push({ value, devices: devices ?? 0 });
    }
    for (const name of facetNames)
      found[name] = found[name]
        .filter(({ devices }) => devices > 0)
        .sort((a, b) => b.devices - a.devices || (a.value < b.value ? -1 : 1))
        .slice(0, mostFacetValues);
    return found;
  }

  async #labels(): Promise<Facet[]> {
    const facets: Facet[] = [];
    let looked = 0;
    for (const [key, value, labelSetIds] of this.#catalogue.pairs()) {
      let devices = 0;
      for (const id of labelSetIds) devices += this.#ofLabelSets.get(id) ?? 0;
      facets.push({ value: `${key}=${value}`, devices });
      looked += labelSetIds.length;
      if (looked < labelStep) continue;
      looked = 0;
      await letOthersRun();
    }
    return facets;
  }
}

/** Reads all counts of a table, with a pause between the steps. */
async function everyCount(
  read: (after: number, limit: number) => Promise<{ id: number; devices: number }[]>,
  take: (id: number, devices: number) => void,
): Promise<void> {
  for (let after = 0; ; ) {
    const found = await read(after, countStep);
    for (const { id, devices } of found) take(id, devices);
    const last = found.at(-1);
    if (last === undefined || found.length < countStep) return;
    after = last.id;
    await letOthersRun();
  }
}

/** By the counts that are kept; only the last sight is counted, but for the part with most devices: that is what the others leave. */
async function countWhole(
  store: FleetStore,
  catalogue: Catalogue,
  counts: Counts,
  now: number,
): Promise<void> {
  const left = catalogue.fullestSeen;
  const spans = seenParts.flatMap(({ from, to }, i) =>
    i === left ? [] : { from: from === null ? 0 : now - from, to: to === null ? null : now - to },
  );
  const [seen] = await Promise.all([
    store.countSeen(spans),
    everyCount(store.offerCounts, (id, devices) => counts.addOffer(id, devices)),
    everyCount(store.labelSetCountsAfter, (id, devices) => counts.addLabelSet(id, devices)),
  ]);
  const rest = counts.devices - seen.reduce((sum, n) => sum + n, 0);
  seen.splice(left, 0, Math.max(0, rest));
  for (const [i, devices] of seen.entries()) counts.addSeen(i, devices);
  catalogue.fullestSeen = seen.indexOf(Math.max(...seen));
}

/** Device by device, as they are found. */
async function countFound(
  store: FleetStore,
  catalogue: Catalogue,
  counts: Counts,
  q: Population,
  now: number,
): Promise<void> {
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
      counts.addOffer(row.offerId, 1);
      counts.addLabelSet(row.labelSetId, 1);
      counts.addSeen(
        seenParts.findIndex(({ from }) => from === null || row.lastSeenAt >= now - from),
        1,
      );
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/** How many devices of a population there are, and how many of each kind. */
export async function countFacets(
  store: FleetStore,
  catalogue: Catalogue,
  q: Population,
  now: number,
): Promise<{ devices: number; facets: Facets }> {
  await catalogue.refresh();
  const counts = new Counts(catalogue);
  const tests = populationTests(q, catalogue);
  if (tests.labelSetIds === null && (q.selector ?? []).length === 0 && !tests.needsRows)
    await countWhole(store, catalogue, counts, now);
  else await countFound(store, catalogue, counts, q, now);
  return { devices: counts.devices, facets: await counts.facets() };
}
