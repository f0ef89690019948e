/**
 * The distinct offers and label sets of the fleet, in memory. They never change once stored, so what was read stays true;
 * only new ones are read. A fleet of a million devices has some ten thousand of each.
 */
import { setImmediate as others } from 'node:timers/promises';
import type { MatchExpression } from '@muster/protocol';
import type { Offer } from '../placement/offer.ts';
import { holds } from '../placement/selector.ts';
import type { FleetStore } from '../store/ports/inventory.ts';

interface KnownOffer {
  readonly id: number;
  readonly digest: string;
  readonly offer: Offer;
}

type Labels = Readonly<Record<string, string>>;

const step = 400;

/** Lets waiting requests run. */
export const letOthersRun = (): Promise<void> => others();

/** No transaction that stores reports lives longer. */
const gapLifeMs = 60_000;

/** Ids that were skipped: on PostgreSQL a lower one may be committed after a higher one, or never. */
class Gaps {
  last = 0;
  readonly #since = new Map<number, number>();

  /** Notes an id that was found. */
  found(id: number, now: number): void {
    this.#since.delete(id);
    for (let missing = this.last + 1; missing < id; missing++) this.#since.set(missing, now);
    this.last = Math.max(this.last, id);
  }

  /** Those that may still come. */
  open(now: number): number[] {
    for (const [id, since] of this.#since) if (now - since > gapLifeMs) this.#since.delete(id);
    return [...this.#since.keys()];
  }
}

async function readNew<T extends { readonly id: number }>(
  gaps: Gaps,
  after: (id: number) => Promise<readonly T[]>,
  among: (ids: readonly number[]) => Promise<readonly T[]>,
  keep: (one: T) => void,
): Promise<void> {
  const take = (rows: readonly T[]): void => {
    for (const row of rows) {
      gaps.found(row.id, performance.now());
      keep(row);
    }
  };
  const open = gaps.open(performance.now());
  if (open.length > 0) take(await among(open));
  for (;;) {
    const rows = await after(gaps.last);
    take(rows);
    if (rows.length < step) return;
    await letOthersRun();
  }
}

/**
 * Lists that offers have in common are kept once. A question goes through thousands of offers, and what it waits for is
 * memory: a few dozen lists of CPUs stay near the processor, one list for each offer does not.
 */
class SharedLists {
  readonly #known = new Map<string, readonly unknown[]>();

  #list<T>(list: readonly T[]): readonly T[] {
    const key = JSON.stringify(list);
    const known = this.#known.get(key);
    if (known === undefined) this.#known.set(key, list);
    // The same text has the same parts.
    return (known as readonly T[] | undefined) ?? list;
  }

  offer({ hosting: h, ...offer }: Offer): Offer {
    if (h === null) return { ...offer, hosting: null };
    return {
      ...offer,
      hosting: {
        ...h,
        cpuGroups: this.#list(h.cpuGroups),
        peripherals: this.#list(h.peripherals),
        interfaces: this.#list(h.interfaces),
        runtimes: this.#list(h.runtimes),
        deploymentTypes: this.#list(h.deploymentTypes),
      },
    };
  }
}

/** What has been read of both, and where which label is. */
export class Catalogue {
  readonly offers = new Map<number, KnownOffer>();
  readonly labelSets = new Map<number, Labels>();
  /** The part of the last sight that had most devices when it was counted: at first what devices that poll are in. */
  fullestSeen = 0;
  readonly #byPair = new Map<string, number[]>();
  readonly #byKey = new Map<string, number[]>();
  readonly #store: FleetStore;
  readonly #shared = new SharedLists();
  readonly #offerGaps = new Gaps();
  readonly #labelGaps = new Gaps();
  /** The first read of all there is. */
  #first: Promise<void> | null = null;

  constructor(store: FleetStore) {
    this.#store = store;
  }

  /**
   * Reads what has come since: all that was stored before this was called. So nobody takes part in a read that has begun
   * earlier, but for the first, which is long; what two read at once is kept once.
   * @param store where the caller asks more than this at once
   */
  async refresh(store: FleetStore = this.#store): Promise<void> {
    if (this.#first === null) {
      this.#first = this.#read(store);
      try {
        await this.#first;
      } catch (error) {
        this.#first = null;
        throw error;
      }
      return;
    }
    await this.#first.catch(() => undefined);
    await this.#read(store);
  }

  async #read(store: FleetStore): Promise<void> {
    await Promise.all([
      readNew(
        this.#offerGaps,
        (after) => store.offersAfter(after, step),
        (ids) => store.offersAmong(ids),
        ({ id, digest, json }) =>
          this.offers.set(id, { id, digest, offer: this.#shared.offer(JSON.parse(json) as Offer) }),
      ),
      readNew(
        this.#labelGaps,
        (after) => store.labelSetsAfter(after, step),
        (ids) => store.labelSetsAmong(ids),
        ({ id, json }) => {
          if (this.labelSets.has(id)) return;
          const labels = JSON.parse(json) as Labels;
          this.labelSets.set(id, labels);
          for (const [key, value] of Object.entries(labels)) {
            push(this.#byKey, key, id);
            push(this.#byPair, `${key}\n${value}`, id);
          }
        },
      ),
    ]);
  }

  /** Each label that is there, as key and value, with the label sets that have it. */
  *pairs(): Generator<readonly [key: string, value: string, labelSetIds: readonly number[]]> {
    for (const [pair, ids] of this.#byPair) {
      const end = pair.indexOf('\n');
      yield [pair.slice(0, end), pair.slice(end + 1), ids];
    }
  }

  /** The label sets on which all expressions hold; each is looked for where fewest can be. */
  labelSetsMatching(expressions: readonly MatchExpression[]): number[] {
    let fewest: number[] | undefined;
    for (const e of expressions) {
      const found =
        e.operator === 'In'
          ? e.values.flatMap((value) => this.#byPair.get(`${e.key}\n${value}`) ?? [])
          : e.operator === 'NotIn' || e.operator === 'DoesNotExist'
            ? undefined
            : (this.#byKey.get(e.key) ?? []);
      if (found !== undefined && (fewest === undefined || found.length < fewest.length)) fewest = found;
    }
    return [...new Set(fewest ?? this.labelSets.keys())].filter((id) => {
      const labels = this.labelSets.get(id);
      return labels !== undefined && expressions.every((e) => holds(e, labels));
    });
  }
}

function push(map: Map<string, number[]>, key: string, id: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [id]);
  else list.push(id);
}
