/** Placement device by device: for questions about what only single devices have. */
import { letOthersRun } from '../fleet/catalogue.ts';
import { ownProperties } from '../fleet/population.ts';
import type { DeviceRecord } from '../store/ports.ts';
import type { FleetRow, FleetStore, RowKey } from '../store/ports/inventory.ts';
import type { Placed } from './answer.ts';
import type { Subject } from './constraints.ts';
import { type Facts, keyOf, place, type Tests } from './facts.ts';
import { step, Turns } from './groups.ts';
import { judge, looksAt, type Verdict } from './judge.ts';
import { nothingTaken } from './offer.ts';

async function countOf(fleet: FleetStore, labelSetIds: readonly number[]): Promise<number> {
  return (await fleet.labelSetCounts(labelSetIds)).reduce((sum, c) => sum + c.devices, 0);
}

/**
 * Judges every device of a population.
 * @param clientId where only the devices of one client are asked for
 * @param small a selection of labels with no more devices is read at once, a larger one is found by reading all
 */
export async function byRow(
  fleet: FleetStore,
  facts: Facts,
  tests: Tests,
  clientId: string | undefined,
  small: number,
  note: (one: Placed) => void,
): Promise<void> {
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
  const turns = new Turns();
  const take = async (rows: readonly FleetRow[]): Promise<void> => {
    const wanted = rows.filter(
      (row) =>
        (labelSets === null || labelSets.has(row.labelSetId)) &&
        facts.catalogue.offers.has(row.offerId) &&
        tests.offerIn(row.offerId) &&
        tests.idIn(row.clientId, row.deviceId),
    );
    const records = new Map<string, DeviceRecord>();
    if (tests.needsRecord || ownNeeded)
      for (const record of await fleet.records(wanted.map((row): RowKey => [row.clientId, row.deviceId])))
        records.set(keyOf(record.clientId, record.deviceId), record);
    for (const row of wanted) {
      if (turns.isOver()) await turns.next();
      const record = records.get(keyOf(row.clientId, row.deviceId));
      if (tests.needsRecord && (record === undefined || !tests.recordIn({ ...record, ...row }))) continue;
      note(place(row, facts, judged(row), record === undefined ? {} : ownProperties(record)));
    }
  };
  if (clientId !== undefined) return take(await fleet.rowsOfClients([clientId]));
  const { labelSetIds } = tests;
  if (labelSetIds !== null && (await countOf(fleet, labelSetIds)) <= small) {
    const rows = await fleet.rowsOfLabels(labelSetIds);
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
