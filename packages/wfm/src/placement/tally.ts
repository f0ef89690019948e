/** What an answer is added up in: the best of each kind, the counts, the nearest misses. Pure. */
import type { NearMiss, Placed } from './answer.ts';
import type { Verdict } from './judge.ts';
import { compareRanked, textOrder } from './ranking.ts';

const mostNearMisses = 10;

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
  readonly #misses = new Map<string, NearMiss>();

  add(verdict: Verdict, devices: number): void {
    this.devices += devices;
    if (verdict.fit !== null) {
      this.fitting += devices;
      this.copies += devices * verdict.fit.copies;
      return;
    }
    const [miss, another] = verdict.misses;
    if (miss === undefined || another !== undefined) return;
    const lacks = miss.text();
    const key = `${miss.constraint}\n${lacks}`;
    const known = this.#misses.get(key);
    this.#misses.set(key, {
      constraint: miss.constraint,
      lacks,
      perMille: miss.perMille,
      devices: (known?.devices ?? 0) + devices,
    });
  }

  nearest(): NearMiss[] {
    return [...this.#misses.values()]
      .filter((m) => m.devices > 0)
      .sort((a, b) => a.perMille - b.perMille || b.devices - a.devices || textOrder(a.lacks, b.lacks))
      .slice(0, mostNearMisses);
  }
}
