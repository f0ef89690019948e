/**
 * Placement over the whole fleet. An offer shared by many devices is judged once, and counted as often as it is there;
 * only devices that differ (reserved, not active, or asked for one by one) are judged one by one.
 */
import type { Application } from '@muster/protocol';
import type { Catalogue } from '../fleet/catalogue.ts';
import { ownProperties, populationTests } from '../fleet/population.ts';
import { modelOf } from '../fleet/stored-model.ts';
import type {
  Placed,
  PlacementAnswer,
  PlacementParts,
  PlacementQuestion,
  PlacementSource,
} from './answer.ts';
import { byGroup } from './by-group.ts';
import { byRow } from './by-row.ts';
import { type Facts, takenOf } from './facts.ts';
import { countGroups } from './groups.ts';
import { hypotheticalClient, placeHypothetical } from './hypothetical.ts';
import { compile, explainAll, looksAt } from './judge.ts';
import { offerOf } from './offer.ts';
import { spread } from './ranking.ts';
import { takenBy } from './taken.ts';
import { Best, Tally } from './tally.ts';

/** The best candidates that spreading looks at. */
const spreadReach = 10_000;

/** Which of two ways is taken: both give the same answer. */
interface Ways {
  /** Label sets by which devices are read; where a selection has more, they are read by their offer. */
  readonly directSets: number;
  /** Devices of a selection that are read by their labels; of a larger one all devices are read. */
  readonly smallSelection: number;
}

/** Answers questions of placement. */
export class Placement {
  readonly #source: PlacementSource;
  readonly #catalogue: Catalogue;
  readonly #ways: Ways;

  constructor(
    source: PlacementSource,
    catalogue: Catalogue,
    ways: Ways = { directSets: 500, smallSelection: 4000 },
  ) {
    this.#source = source;
    this.#catalogue = catalogue;
    this.#ways = ways;
  }

  /** Which devices can host this application, which is best, how many copies fit, and what the others lack. */
  query(q: PlacementQuestion, now: number): Promise<PlacementAnswer> {
    return this.#source.together((parts) => this.#query(parts, q, now));
  }

  async #query(
    { fleet, reservations }: PlacementParts,
    q: PlacementQuestion,
    now: number,
  ): Promise<PlacementAnswer> {
    const profiles = compile(q.application);
    const byLabels = looksAt(profiles, 'labels');
    const count = () => {
      const tests = populationTests(q, this.#catalogue);
      const byRows = tests.needsRows || looksAt(profiles, 'device');
      return { tests, groups: byRows ? null : countGroups(fleet, tests.labelSetIds, byLabels) };
    };
    // Counted by the label sets that are known, while it is asked for new ones: those come seldom, and a turn is saved.
    const known = this.#catalogue.labelSets.size;
    let { tests, groups } = count();
    const [states, reserved] = await Promise.all([
      fleet.clientsNotActive(),
      reservations.active(now),
      this.#catalogue.refresh(fleet),
      groups,
    ]);
    if (this.#catalogue.labelSets.size !== known) ({ tests, groups } = count());
    const facts: Facts = { catalogue: this.#catalogue, profiles, states, taken: takenOf(reserved) };
    const tally = new Tally();
    const reach = q.spread === undefined ? q.limit : Math.max(q.limit, spreadReach);
    const best = new Best(reach);
    const nearest = new Best(q.missLimit);
    const note = (one: Placed): void => {
      tally.add(one.verdict, one, 1);
      (one.verdict.fit === null ? nearest : best).add(one);
    };
    for (const one of q.hypothetical ?? []) note(placeHypothetical(one, profiles, hypotheticalClient));
    if (groups === null) await byRow(fleet, facts, tests, q.clientId, this.#ways.smallSelection, note);
    else
      await byGroup(fleet, facts, tests, await groups, this.#ways.directSets, {
        byLabels,
        tally,
        note,
        fitting: { limit: reach, keep: (one) => best.add(one) },
        notFitting: { limit: q.missLimit, keep: (one) => nearest.add(one) },
      });
    const ranked = best.items();
    return {
      devices: tally.devices,
      fitting: tally.fitting,
      copies: tally.copies,
      enough: tally.copies >= q.count,
      candidates: spread(ranked, q.spread).slice(0, q.limit),
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
    const [[record], reserved, state] = await this.#source.together(({ fleet, reservations }) =>
      Promise.all([
        fleet.records([[clientId, deviceId]]),
        reservations.ofDevice(clientId, deviceId, now),
        fleet.clientState(clientId),
      ]),
    );
    if (record === undefined || state === null) return null;
    if (!this.#catalogue.labelSets.has(record.labelSetId)) await this.#catalogue.refresh();
    const profiles = explainAll(compile(application), {
      offer: offerOf(modelOf(record.model)),
      taken: takenBy(reserved),
      labels: this.#catalogue.labelSets.get(record.labelSetId) ?? {},
      own: ownProperties(record),
      clientState: state,
    });
    return { fits: profiles.some((p) => p.fits), profiles };
  }
}
