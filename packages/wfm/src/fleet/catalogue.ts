/**
 * The distinct offers and label sets of the fleet, in memory. They never change once stored, so what was read stays true;
 * only new ones are read. A fleet of a million devices has some ten thousand of each.
 */
import { setImmediate as others } from 'node:timers/promises';
import type { MatchExpression } from '@muster/protocol';
import type { Offer } from '../placement/offer.ts';
import { holds } from '../placement/selector.ts';
import type { FleetStore } from '../store/inventory-ports.ts';

export interface KnownOffer {
  readonly id: number;
  readonly digest: string;
  readonly offer: Offer;
}

export type Labels = Readonly<Record<string, string>>;

const step = 400;

/** Lets waiting requests run. */
export const letOthersRun = (): Promise<void> => others();

export class Catalogue {
  readonly offers = new Map<number, KnownOffer>();
  readonly labelSets = new Map<number, Labels>();
  readonly #byPair = new Map<string, number[]>();
  readonly #byKey = new Map<string, number[]>();
  readonly #store: FleetStore;
  #lastOffer = 0;
  #lastLabels = 0;
  #reading: Promise<void> | null = null;

  constructor(store: FleetStore) {
    this.#store = store;
  }

  /** Reads what has come since. */
  async refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    await this.#reading;
  }

  async #read(): Promise<void> {
    for (;;) {
      // A little behind the last: on PostgreSQL a lower id may be committed after a higher one.
      const found = await this.#store.offersAfter(Math.max(0, this.#lastOffer - 64), step);
      let fresh = 0;
      for (const { id, digest, json } of found) {
        this.#lastOffer = Math.max(this.#lastOffer, id);
        if (this.offers.has(id)) continue;
        this.offers.set(id, { id, digest, offer: JSON.parse(json) as Offer });
        fresh++;
      }
      if (fresh === 0) break;
      await letOthersRun();
    }
    for (;;) {
      const found = await this.#store.labelSetsAfter(Math.max(0, this.#lastLabels - 64), step);
      let fresh = 0;
      for (const { id, json } of found) {
        this.#lastLabels = Math.max(this.#lastLabels, id);
        if (this.labelSets.has(id)) continue;
        const labels = JSON.parse(json) as Labels;
        this.labelSets.set(id, labels);
        for (const [key, value] of Object.entries(labels)) {
          push(this.#byKey, key, id);
          push(this.#byPair, `${key}\n${value}`, id);
        }
        fresh++;
      }
      if (fresh === 0) break;
      await letOthersRun();
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
