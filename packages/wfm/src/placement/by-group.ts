/**
 * Placement group by group: an offer that many devices share is judged once and counted as often as it is there, and only
 * the devices that are shown are read.
 */
import { letOthersRun } from '../fleet/catalogue.ts';
import type { FleetGroup, FleetRow, FleetStore, RowKey } from '../store/ports/inventory.ts';
import type { Placed } from './answer.ts';
import { type Facts, keyOf, place, type Tests } from './facts.ts';
import { step, Turns } from './groups.ts';
import { judge } from './judge.ts';
import { nothingTaken } from './offer.ts';
import { type Pile, Piles } from './piles.ts';
import type { Tally } from './tally.ts';

/** Devices that are read in one query, but for a pile that is larger. */
const mostAtOnce = 1000;

/** Devices that are counted already: how many of them are read at most, and what is done with each. */
interface Shown {
  readonly limit: number;
  readonly keep: (one: Placed) => void;
}

/** Where the answer is collected. */
interface Collected {
  /** Whether the groups are those of offers with label sets; else each offer is one group. */
  readonly byLabels: boolean;
  readonly tally: Tally;
  /** A device that is judged on its own, counted here. */
  readonly note: (one: Placed) => void;
  readonly fitting: Shown;
  readonly notFitting: Shown;
}

/** Judges the groups and counts them. @returns the piles that are shown of */
async function judgeGroups(
  facts: Facts,
  tests: Tests,
  groups: readonly FleetGroup[],
  out: Collected,
): Promise<{ fitting: readonly Pile[]; notFitting: readonly Pile[] }> {
  const { byLabels } = out;
  const fitting = new Piles(out.fitting.limit, byLabels);
  const notFitting = new Piles(out.notFitting.limit, byLabels);
  const turns = new Turns();
  for (const { offerId, labelSetId, devices } of groups) {
    const known = facts.catalogue.offers.get(offerId);
    if (devices <= 0 || known === undefined || !tests.offerIn(offerId)) continue;
    const { offer, digest } = known;
    const labels = byLabels ? (facts.catalogue.labelSets.get(labelSetId) ?? {}) : {};
    const subject = { offer, labels, taken: nothingTaken, own: {}, clientState: 'active' };
    const verdict = judge(facts.profiles, subject);
    out.tally.add(verdict, subject, devices);
    (verdict.fit === null ? notFitting : fitting).add({ offerId, digest, labelSetId, verdict, devices });
    if (turns.isOver()) await turns.next();
  }
  return { fitting: fitting.items(), notFitting: notFitting.items() };
}

/** The groups without the devices that are judged on their own. */
function withoutSpecial(
  groups: readonly FleetGroup[],
  special: readonly FleetRow[],
  byLabels: boolean,
): readonly FleetGroup[] {
  if (special.length === 0) return groups;
  const keyOfGroup = (offerId: number, labelSetId: number): string =>
    `${offerId}:${byLabels ? labelSetId : 0}`;
  const less = new Map<string, number>();
  for (const { offerId, labelSetId } of special) {
    const key = keyOfGroup(offerId, labelSetId);
    less.set(key, (less.get(key) ?? 0) + 1);
  }
  return groups.map((g) => ({
    ...g,
    devices: g.devices - (less.get(keyOfGroup(g.offerId, g.labelSetId)) ?? 0),
  }));
}

/** Reads the devices of piles. */
class Reader {
  readonly #fleet: FleetStore;
  readonly #facts: Facts;
  readonly #special: ReadonlyMap<string, FleetRow>;
  readonly #sets: ReadonlySet<number> | null;
  readonly #directSets: number;

  constructor(
    fleet: FleetStore,
    facts: Facts,
    special: ReadonlyMap<string, FleetRow>,
    sets: ReadonlySet<number> | null,
    directSets: number,
  ) {
    this.#fleet = fleet;
    this.#facts = facts;
    this.#special = special;
    this.#sets = sets;
    this.#directSets = directSets;
  }

  /** Gives the devices of the first piles, at least `limit` where there are so many; of equal grade the first by id. */
  async read(piles: readonly Pile[], limit: number, give: (one: Placed) => void): Promise<void> {
    let left = limit;
    for (let i = 0; i < piles.length && left > 0; ) {
      const batch: Pile[] = [];
      let devices = 0;
      for (; i < piles.length && devices < left; i++) {
        const pile = piles[i] as Pile;
        // Where labels matter, an offer has piles of its own by label set: each is read alone.
        const alone = pile.verdicts !== null || devices + pile.devices > mostAtOnce;
        if (batch.length > 0 && (alone || batch[0]?.verdicts !== null)) break;
        batch.push(pile);
        devices += pile.devices;
      }
      left -= await this.#readBatch(batch, devices, left, give);
      await letOthersRun();
    }
  }

  async #readBatch(
    batch: readonly Pile[],
    devices: number,
    most: number,
    give: (one: Placed) => void,
  ): Promise<number> {
    const sets = batch[0]?.verdicts ?? this.#sets;
    let given = 0;
    if (devices <= mostAtOnce && (sets === null || sets.size <= this.#directSets)) {
      const of = new Map(batch.map((pile) => [pile.offerId, pile]));
      const rows = await this.#fleet.rowsOfOffers([...of.keys()], sets === null ? null : [...sets.keys()]);
      for (const row of rows) {
        const pile = of.get(row.offerId);
        if (pile !== undefined && this.#give(row, pile, give)) given++;
      }
      return given;
    }
    for (const pile of batch) {
      if (given >= most) break;
      given += await this.#walk(pile, most - given, give);
    }
    return given;
  }

  #give(row: FleetRow, pile: Pile, give: (one: Placed) => void): boolean {
    if (this.#sets !== null && !this.#sets.has(row.labelSetId)) return false;
    if (this.#special.has(keyOf(row.clientId, row.deviceId))) return false;
    const verdict = pile.verdicts === null ? pile.verdict : pile.verdicts.get(row.labelSetId);
    if (verdict === undefined) return false;
    give(place(row, this.#facts, () => verdict));
    return true;
  }

  /** Goes through the devices of an offer until there are enough. */
  async #walk(pile: Pile, most: number, give: (one: Placed) => void): Promise<number> {
    let after: RowKey = ['', ''];
    let given = 0;
    for (;;) {
      const ask = this.#sets === null ? Math.min(step, Math.max(8, most - given)) : step;
      const rows = await this.#fleet.rowsOfOffer(pile.offerId, after, ask);
      for (const row of rows) if (this.#give(row, pile, give) && ++given >= most) return given;
      const last = rows.at(-1);
      if (last === undefined || rows.length < ask) return given;
      after = [last.clientId, last.deviceId];
      await letOthersRun();
    }
  }
}

/** Devices that differ from their group: their client is not active, or something of them is taken. */
async function specialRows(fleet: FleetStore, facts: Facts): Promise<Map<string, FleetRow>> {
  const special = new Map<string, FleetRow>();
  const clients = [...facts.states.keys()];
  for (let i = 0; i < clients.length; i += step)
    for (const row of await fleet.rowsOfClients(clients.slice(i, i + step)))
      special.set(keyOf(row.clientId, row.deviceId), row);
  for (const key of facts.taken.keys()) {
    const [clientId = '', deviceId = ''] = key.split('\n');
    const row = await fleet.row(clientId, deviceId);
    if (row !== null) special.set(key, row);
  }
  return special;
}

/**
 * Judges every offer of a population, and reads the devices that are shown.
 * @param groups how many devices there are of each offer
 * @param directSets with no more label sets devices are read by them, with more by their offer
 */
export async function byGroup(
  fleet: FleetStore,
  facts: Facts,
  tests: Tests,
  groups: readonly FleetGroup[],
  directSets: number,
  out: Collected,
): Promise<void> {
  const { labelSetIds } = tests;
  const special = await specialRows(fleet, facts);
  const labelSets = labelSetIds === null ? null : new Set(labelSetIds);
  const inside = [...special.values()].filter(
    (row) => tests.offerIn(row.offerId) && (labelSets === null || labelSets.has(row.labelSetId)),
  );
  for (const row of inside) out.note(place(row, facts, (subject) => judge(facts.profiles, subject)));
  const piles = await judgeGroups(facts, tests, withoutSpecial(groups, inside, out.byLabels), out);
  const reader = new Reader(fleet, facts, special, labelSets, directSets);
  await Promise.all([
    reader.read(piles.fitting, out.fitting.limit, out.fitting.keep),
    reader.read(piles.notFitting, out.notFitting.limit, out.notFitting.keep),
  ]);
}
