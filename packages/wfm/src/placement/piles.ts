/** Devices that stand together in the ranking, and the best of them. Pure. */
import type { Verdict } from './judge.ts';
import { grade, textOrder } from './ranking.ts';

/** Devices with one offer and one grade. */
export interface Pile {
  readonly offerId: number;
  readonly digest: string;
  /** Made once: sorting asks for it many times. */
  readonly grade: readonly [number, number];
  readonly verdict: Verdict;
  /** By label set, where labels matter: equal grades may lack different things. */
  readonly verdicts: Map<number, Verdict> | null;
  devices: number;
}

/** Piles that are sorted at once. */
const mostUnsorted = 500;

/** The piles that the first devices of a ranking are in. */
export class Piles {
  readonly #limit: number;
  readonly #byLabels: boolean;
  readonly #known = new Map<string, Pile>();
  #items: Pile[] = [];

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
    const graded = grade(verdict);
    if (!this.#byLabels) {
      this.#items.push({ offerId, digest, grade: graded, verdict, verdicts: null, devices });
      // What cannot be shown any more is forgotten soon: a large fleet has many offers.
      if (this.#items.length >= mostUnsorted * 2) this.#cut();
      return;
    }
    const key = `${offerId}:${graded.join(':')}`;
    let pile = this.#known.get(key);
    if (pile === undefined) {
      pile = { offerId, digest, grade: graded, verdict, verdicts: new Map(), devices: 0 };
      this.#known.set(key, pile);
      this.#items.push(pile);
    }
    pile.devices += devices;
    pile.verdicts?.set(labelSetId, verdict);
  }

  #cut(): void {
    this.#items.sort(
      (a, b) => a.grade[0] - b.grade[0] || a.grade[1] - b.grade[1] || textOrder(a.digest, b.digest),
    );
    let devices = 0;
    const enough = this.#items.findIndex((pile) => (devices += pile.devices) >= this.#limit);
    if (enough >= 0) this.#items.length = enough + 1;
  }

  /** In the order of the ranking; together they have as many devices as will be read, where there are so many. */
  items(): readonly Pile[] {
    this.#cut();
    return this.#items;
  }
}
