/**
 * Placement over the whole fleet. An offer shared by many devices is judged once, and counted as often as it is there;
 * only devices that differ (reserved, not active, or asked for one by one) are judged one by one.
 */
import { type Application, ProtocolError } from '@muster/protocol';
import { type Catalogue, letOthersRun } from '../fleet/catalogue.ts';
import { deviceLabels, effectiveLabels } from '../fleet/labels.ts';
import { ownProperties, populationTests } from '../fleet/population.ts';
import { modelOf } from '../fleet/stored-model.ts';
import type { FleetRow, ReservationRow, RowKey } from '../store/ports/inventory.ts';
import type { DeviceRecord } from '../store/ports.ts';
import type { Subject } from './constraints.ts';
import type { Hypothetical, Placed, PlacementAnswer, PlacementQuestion, PlacementSource } from './answer.ts';
import { countGroups, step } from './groups.ts';
import { compile, type CompiledProfile, explainAll, judge, looksAt, type Verdict } from './judge.ts';
import { nothingTaken, offerDigest, offerOf, type Taken } from './offer.ts';
import { grade, spreadOver, text as textOrder } from './ranking.ts';
import { takenBy } from './taken.ts';
import { Best, Tally } from './tally.ts';

const keyOf = (clientId: string, deviceId: string): string => `${clientId}\n${deviceId}`;

/** The best candidates that spreading looks at. */
export const spreadReach = 10_000;
/** The name of the client of devices that are not there yet. */
export const hypotheticalClient = '(not yet bought)';

/** Devices with one offer and one grade: they stand together in the ranking. */
interface Pile {
  readonly offerId: number;
  readonly digest: string;
  /** Made once: sorting asks for it many times. */
  readonly grade: readonly [number, number];
  readonly verdict: Verdict;
  /** By label set, where labels matter: equal grades may lack different things. */
  readonly verdicts: Map<number, Verdict> | null;
  /** The label sets that are in the population; null for all. */
  readonly sets: ReadonlySet<number> | null;
}

interface Facts {
  readonly profiles: readonly CompiledProfile[];
  readonly states: ReadonlyMap<string, string>;
  readonly taken: ReadonlyMap<string, Taken>;
}

function takenOf(reserved: readonly ReservationRow[]): Map<string, Taken> {
  const by = new Map<string, ReservationRow[]>();
  for (const one of reserved) {
    const key = keyOf(one.clientId, one.deviceId);
    const list = by.get(key);
    if (list === undefined) by.set(key, [one]);
    else list.push(one);
  }
  return new Map([...by].map(([key, list]) => [key, takenBy(list)]));
}

/** Answers questions of placement. */
export class Placement {
  readonly #source: PlacementSource;
  readonly #catalogue: Catalogue;
  readonly #smallSelection: number;

  /** @param small a selection of no more devices is read row by row: that is quicker than counting groups */
  constructor(source: PlacementSource, catalogue: Catalogue, small = 4000) {
    this.#source = source;
    this.#catalogue = catalogue;
    this.#smallSelection = small;
  }

  /** Which devices can host this application, which is best, how many copies fit, and what the others lack. */
  async query(q: PlacementQuestion, now: number): Promise<PlacementAnswer> {
    const { fleet, reservations } = this.#source;
    await this.#catalogue.refresh();
    const facts: Facts = {
      profiles: compile(q.application),
      states: await fleet.clientsNotActive(),
      taken: takenOf(await reservations.active(now)),
    };
    const tests = populationTests(q, this.#catalogue);
    const tally = new Tally();
    const reach = q.spread === undefined ? q.limit : Math.max(q.limit, spreadReach);
    const best = new Best(reach);
    const nearest = new Best(q.missLimit);
    const note = (one: Placed): void => {
      tally.add(one.verdict, 1);
      (one.verdict.fit === null ? nearest : best).add(one);
    };
    for (const one of q.hypothetical ?? []) note(this.#judgeHypothetical(one, facts.profiles));
    const small =
      tests.labelSetIds === null
        ? false
        : (await fleet.labelSetCounts(tests.labelSetIds)).reduce((sum, c) => sum + c.devices, 0) <=
          this.#smallSelection;
    if (tests.needsRows || small || looksAt(facts.profiles, 'device'))
      await this.#rowByRow(q, facts, tests, note, small);
    else
      await this.#groupByGroup(facts, tests, { tally, best, nearest, note, reach, missLimit: q.missLimit });
    const ranked = best.items();
    const place = (one: Placed): string =>
      q.spread === 'gateway'
        ? keyOf(one.clientId, one.deviceId.split('/')[0] ?? '')
        : (one.labels[q.spread ?? ''] ?? '');
    return {
      devices: tally.devices,
      fitting: tally.fitting,
      copies: tally.copies,
      enough: tally.copies >= q.count,
      candidates: (q.spread === undefined ? ranked : spreadOver(ranked, place)).slice(0, q.limit),
      notFitting: nearest.items(),
      nearestMisses: tally.nearest(),
    };
  }

  /** Constraint by constraint, needed against offered, for one device. */
  async explain(
    application: Application,
    clientId: string,
    deviceId: string,
    now: number,
  ): Promise<{ fits: boolean; profiles: ReturnType<typeof explainAll> } | null> {
    const { fleet, reservations } = this.#source;
    const [[record], reserved, state] = await Promise.all([
      fleet.records([[clientId, deviceId]]),
      reservations.ofDevice(clientId, deviceId, now),
      fleet.clientState(clientId),
    ]);
    const row = await fleet.row(clientId, deviceId);
    if (record === undefined || row === null || state === null) return null;
    if (!this.#catalogue.labelSets.has(row.labelSetId)) await this.#catalogue.refresh();
    const profiles = explainAll(compile(application), {
      offer: offerOf(modelOf(record.model)),
      taken: takenBy(reserved),
      labels: this.#catalogue.labelSets.get(row.labelSetId) ?? {},
      own: ownProperties(record),
      clientState: state,
    });
    return { fits: profiles.some((p) => p.fits), profiles };
  }

  /** One candidate's lines, without reading it again. */
  explainPlaced(application: Application, one: Placed): ReturnType<typeof explainAll> {
    return explainAll(compile(application), { ...one, own: {} });
  }

  #judgeHypothetical(one: Hypothetical, profiles: readonly CompiledProfile[]): Placed {
    const { capabilities } = one;
    const offer = offerOf(capabilities);
    const { deviceId } = capabilities;
    const labels = effectiveLabels([
      ...Object.entries(deviceLabels(capabilities)).map(
        ([key, value]) => ({ deviceId, key, value, source: 'device' }) as const,
      ),
      ...Object.entries(one.labels).map(
        ([key, value]) => ({ deviceId, key, value, source: 'operator' }) as const,
      ),
    ]);
    const own = { id: deviceId, serialNumber: capabilities.serialNumber, ...capabilities.extensions };
    const subject = { offer, labels, own, taken: nothingTaken, clientState: 'active' };
    return {
      clientId: hypotheticalClient,
      deviceId,
      offerDigest: offerDigest(JSON.stringify(offer)),
      verdict: judge(profiles, subject),
      ...subject,
    };
  }

  #place(
    row: FleetRow,
    facts: Facts,
    verdict: (subject: Subject) => Verdict,
    own: Subject['own'] = {},
  ): Placed {
    const known = this.#catalogue.offers.get(row.offerId);
    if (known === undefined)
      throw new ProtocolError('invalid-request', 'The fleet changed while it was read.', [], 'Ask again.');
    const key = keyOf(row.clientId, row.deviceId);
    const subject: Subject = {
      offer: known.offer,
      taken: facts.taken.get(key) ?? nothingTaken,
      labels: this.#catalogue.labelSets.get(row.labelSetId) ?? {},
      own,
      clientState: facts.states.get(row.clientId) ?? 'active',
    };
    const { clientId, deviceId } = row;
    return { clientId, deviceId, offerDigest: known.digest, verdict: verdict(subject), ...subject };
  }

  async #rowByRow(
    q: PlacementQuestion,
    facts: Facts,
    tests: ReturnType<typeof populationTests>,
    note: (one: Placed) => void,
    small: boolean,
  ): Promise<void> {
    const { fleet } = this.#source;
    const labelSets = tests.labelSetIds === null ? null : new Set(tests.labelSetIds);
    const ownNeeded = looksAt(facts.profiles, 'device');
    const verdicts = new Map<string, Verdict>();
    const judged = (row: FleetRow) => (subject: Subject) => {
      // Devices with the same offer and labels, of which nothing is taken, are judged once.
      if (ownNeeded || subject.taken !== nothingTaken || subject.clientState !== 'active')
        return judge(facts.profiles, subject);
      const key = `${row.offerId}:${row.labelSetId}`;
      let known = verdicts.get(key);
      if (known === undefined) verdicts.set(key, (known = judge(facts.profiles, subject)));
      return known;
    };
    const take = async (rows: readonly FleetRow[]): Promise<void> => {
      const wanted = rows.filter(
        (row) =>
          (labelSets === null || labelSets.has(row.labelSetId)) &&
          this.#catalogue.offers.has(row.offerId) &&
          tests.offerIn(row.offerId) &&
          tests.idIn(row.clientId, row.deviceId),
      );
      const records = new Map<string, DeviceRecord>();
      if (tests.needsRecord || ownNeeded)
        for (const record of await fleet.records(wanted.map((row): RowKey => [row.clientId, row.deviceId])))
          records.set(keyOf(record.clientId, record.deviceId), record);
      for (const row of wanted) {
        const record = records.get(keyOf(row.clientId, row.deviceId));
        if (tests.needsRecord && (record === undefined || !tests.recordIn({ ...record, ...row }))) continue;
        note(this.#place(row, facts, judged(row), record === undefined ? {} : ownProperties(record)));
      }
    };
    if (q.clientId !== undefined) return take(await fleet.rowsOfClients([q.clientId]));
    if (small && tests.labelSetIds !== null) {
      const rows = await fleet.rowsOfLabels(tests.labelSetIds);
      for (let i = 0; i < rows.length; i += step) {
        await take(rows.slice(i, i + step));
        if (i + step < rows.length) await letOthersRun();
      }
      return;
    }
    let after: RowKey = ['', ''];
    for (;;) {
      const rows = await fleet.rows(after, step);
      await take(rows);
      const last = rows.at(-1);
      if (last === undefined || rows.length < step) return;
      after = [last.clientId, last.deviceId];
      await letOthersRun();
    }
  }

  async #groupByGroup(
    facts: Facts,
    tests: ReturnType<typeof populationTests>,
    out: {
      tally: Tally;
      best: Best;
      nearest: Best;
      note: (one: Placed) => void;
      reach: number;
      missLimit: number;
    },
  ): Promise<void> {
    const { fleet } = this.#source;
    const byLabels = looksAt(facts.profiles, 'labels');
    const counts = await countGroups(fleet, tests.labelSetIds, byLabels);
    const labelSets = tests.labelSetIds === null ? null : new Set(tests.labelSetIds);
    // What differs from its group is taken out of it and judged on its own.
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
    for (const row of special.values()) {
      if (!tests.offerIn(row.offerId) || (labelSets !== null && !labelSets.has(row.labelSetId))) continue;
      const sets = counts.get(row.offerId);
      const at = byLabels ? row.labelSetId : 0;
      sets?.set(at, Math.max(0, (sets.get(at) ?? 0) - 1));
      out.note(this.#place(row, facts, (subject) => judge(facts.profiles, subject)));
    }
    const piles: Pile[] = [];
    let judgedSince = 0;
    for (const [offerId, sets] of counts) {
      const known = this.#catalogue.offers.get(offerId);
      if (known === undefined || !tests.offerIn(offerId)) continue;
      const ofOffer = new Map<string, Pile>();
      for (const [labelSetId, devices] of sets) {
        if (devices <= 0) continue;
        const verdict = judge(facts.profiles, {
          offer: known.offer,
          taken: nothingTaken,
          labels: byLabels ? (this.#catalogue.labelSets.get(labelSetId) ?? {}) : {},
          own: {},
          clientState: 'active',
        });
        out.tally.add(verdict, devices);
        const graded = grade(verdict);
        const key = `${verdict.fit === null}:${graded.join(':')}`;
        const pile = ofOffer.get(key);
        if (pile === undefined) {
          const verdicts = byLabels ? new Map([[labelSetId, verdict]]) : null;
          const made = { offerId, digest: known.digest, grade: graded, verdict, verdicts, sets: labelSets };
          ofOffer.set(key, made);
          piles.push(made);
        } else pile.verdicts?.set(labelSetId, verdict);
        if (++judgedSince % step === 0) await letOthersRun();
      }
    }
    piles.sort((a, b) => a.grade[0] - b.grade[0] || a.grade[1] - b.grade[1] || textOrder(a.digest, b.digest));
    for (const [fits, into, limit] of [
      [true, out.best, out.reach],
      [false, out.nearest, out.missLimit],
    ] as const) {
      let left = limit;
      for (const pile of piles) {
        if (left <= 0) break;
        if ((pile.verdict.fit !== null) !== fits) continue;
        left -= await this.#walk(pile, facts, special, left, (one) => into.add(one));
      }
    }
  }

  async #walk(
    pile: Pile,
    facts: Facts,
    special: ReadonlyMap<string, FleetRow>,
    most: number,
    give: (one: Placed) => void,
  ): Promise<number> {
    let after: RowKey = ['', ''];
    let given = 0;
    for (;;) {
      const ask = Math.min(step, Math.max(8, most - given));
      const rows = await this.#source.fleet.rowsOfOffer(pile.offerId, after, ask);
      for (const row of rows) {
        if (pile.sets !== null && !pile.sets.has(row.labelSetId)) continue;
        if (special.has(keyOf(row.clientId, row.deviceId))) continue;
        const verdict = pile.verdicts === null ? pile.verdict : pile.verdicts.get(row.labelSetId);
        if (verdict === undefined) continue;
        give(this.#place(row, facts, () => verdict));
        if (++given >= most) return given;
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < ask) return given;
      after = [last.clientId, last.deviceId];
      await letOthersRun();
    }
  }
}
