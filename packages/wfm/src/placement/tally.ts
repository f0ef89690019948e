/** What an answer is added up in: the best of each kind, the counts, the nearest misses. Pure. */
import type { NearMiss, Placed } from './answer.ts';
import type { Subject } from './constraints.ts';
import type { Verdict } from './judge.ts';
import { compareRanked, textOrder } from './ranking.ts';

const mostNearMisses = 10;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The best of what it was given, bounded. */
export class Best {
  readonly #limit: number;
  #items: Placed[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(one: Placed): void {
    this.#items.push(one);
    if (this.#items.length > this.#limit * 2 + 64) this.#cut();
  }

  #cut(): void {
    this.#items.sort(compareRanked);
    this.#items.length = Math.min(this.#items.length, this.#limit);
  }

  items(): Placed[] {
    this.#cut();
    return this.#items;
  }
}

/** Adds up the answer, device by device or group by group. */
export class Tally {
  devices = 0;
  fitting = 0;
  copies = 0;
  /** By constraint and by what is lacking. */
  readonly #misses = new Map<string, Map<string, Writable<NearMiss>>>();

  /** @param subject one of the devices that are judged so */
  add(verdict: Verdict, subject: Subject, devices: number): void {
    this.devices += devices;
    if (verdict.fit !== null) {
      this.fitting += devices;
      this.copies += devices * verdict.fit.copies;
      return;
    }
    const { only, missing } = verdict;
    if (only === null) return;
    const constraint = only.name;
    let ofConstraint = this.#misses.get(constraint);
    if (ofConstraint === undefined) this.#misses.set(constraint, (ofConstraint = new Map()));
    const lacks = only.lacks(subject);
    const known = ofConstraint.get(lacks);
    if (known === undefined) {
      ofConstraint.set(lacks, { constraint, lacks, perMille: missing, devices });
      return;
    }
    known.devices += devices;
    // Of several profiles one may need less: the order in which devices come must not decide.
    known.perMille = Math.min(known.perMille, missing);
  }

  nearest(): NearMiss[] {
    return [...this.#misses.values()]
      .flatMap((ofConstraint) => [...ofConstraint.values()])
      .filter((m) => m.devices > 0)
      .sort((a, b) => a.perMille - b.perMille || b.devices - a.devices || textOrder(a.lacks, b.lacks))
      .slice(0, mostNearMisses);
  }
}
