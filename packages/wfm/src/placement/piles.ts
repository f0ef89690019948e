/** Devices that stand together in the ranking, and the best of them. Pure. */
import type { Verdict } from './judge.ts';
import { compareVerdicts, textOrder, verdictKey } from './ranking.ts';

/** Devices with one offer that stand together. */
export interface Pile {
  readonly offerId: number;
  readonly digest: string;
  /** That of its first devices: all others compare equal to it. */
  readonly verdict: Verdict;
  /** By label set, where labels matter: what compares equal may lack different things. */
  readonly verdicts: Map<number, Verdict> | null;
  devices: number;
}

/** Piles that are sorted at once, besides as many as were kept. */
const mostUnsorted = 200;

const comparePiles = (a: Pile, b: Pile): number =>
  compareVerdicts(a.verdict, b.verdict) || textOrder(a.digest, b.digest);

/** The piles that the first devices of a ranking are in. */
export class Piles {
  readonly #limit: number;
  readonly #byLabels: boolean;
  readonly #known = new Map<string, Pile>();
  #items: Pile[] = [];
  #kept = 0;
  /** Where there are enough devices: the last pile that is shown of. */
  #last: Pile | undefined;

  /**
   * @param limit devices that will be read
   * @param byLabels whether one offer has several verdicts: then what is added later may belong to any pile
   */
  constructor(limit: number, byLabels: boolean) {
    this.#limit = limit;
    this.#byLabels = byLabels;
  }

  add(one: { offerId: number; digest: string; labelSetId: number; verdict: Verdict; devices: number }): void {
    const { offerId, digest, labelSetId, verdict, devices } = one;
    if (!this.#byLabels) {
      // What cannot be shown is not kept: a large fleet has many offers.
      if (this.#last !== undefined && compareVerdicts(verdict, this.#last.verdict) > 0) return;
      this.#items.push({ offerId, digest, verdict, verdicts: null, devices });
      if (this.#items.length >= this.#kept * 2 + mostUnsorted) this.#cut();
      return;
    }
    const key = `${offerId}:${verdictKey(verdict)}`;
    let pile = this.#known.get(key);
    if (pile === undefined) {
      pile = { offerId, digest, verdict, verdicts: new Map(), devices: 0 };
      this.#known.set(key, pile);
      this.#items.push(pile);
    }
    pile.devices += devices;
    pile.verdicts?.set(labelSetId, verdict);
  }

  #cut(): void {
    this.#items.sort(comparePiles);
    let devices = 0;
    const enough = this.#items.findIndex((pile) => (devices += pile.devices) >= this.#limit);
    if (enough >= 0) {
      this.#items.length = enough + 1;
      this.#last = this.#items[enough];
    }
    this.#kept = this.#items.length;
  }

  /** In the order of the ranking; together they have as many devices as will be read, where there are so many. */
  items(): readonly Pile[] {
    this.#cut();
    return this.#items;
  }
}
