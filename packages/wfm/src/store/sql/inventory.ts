/** Which offer and which set of labels a device has: written with each report, in its transaction. */
import type { Capabilities } from '@muster/protocol';
import { deviceLabels, effectiveLabels } from '../../fleet/labels.ts';
import { modelOf } from '../../fleet/stored-model.ts';
import { constraintsOf } from '../../placement/constraints.ts';
import { offerDigest, type Offer, offerOf } from '../../placement/offer.ts';
import { requirementFromJson, takenBy } from '../../placement/taken.ts';
import type { LabelRecord } from '../inventory-ports.ts';
import type { Database, Tx } from './schema.ts';

/** Superseded revisions that are kept of each device. */
export const keptRevisions = 20;

/** Ids that were found committed: offers and sets of labels are never changed nor removed. */
export class KnownIds {
  readonly #ids = new Map<string, number>();

  get(digest: string): number | undefined {
    return this.#ids.get(digest);
  }

  set(digest: string, id: number): void {
    // Enough for the fleets measured; beyond it the database is asked again.
    if (this.#ids.size >= 50_000) this.#ids.clear();
    this.#ids.set(digest, id);
  }
}

async function offerIdOf(tx: Tx, offer: Offer, known: KnownIds | undefined): Promise<number> {
  const json = JSON.stringify(offer);
  const digest = offerDigest(json);
  const remembered = known?.get(digest);
  if (remembered !== undefined) return remembered;
  const find = () => tx.selectFrom('offers').select('offerId').where('digest', '=', digest);
  const found = await find().executeTakeFirst();
  if (found !== undefined) {
    known?.set(digest, found.offerId);
    return found.offerId;
  }
  await tx
    .insertInto('offers')
    .values({ digest, offer: json })
    .onConflict((c) => c.doNothing())
    .execute();
  return (await find().executeTakeFirstOrThrow()).offerId;
}

async function labelSetIdOf(
  tx: Tx,
  labels: Record<string, string>,
  known: KnownIds | undefined,
): Promise<number> {
  const json = JSON.stringify(labels);
  const digest = offerDigest(json);
  const remembered = known?.get(digest);
  if (remembered !== undefined) return remembered;
  const find = () => tx.selectFrom('labelSets').select('labelSetId').where('digest', '=', digest);
  const found = await find().executeTakeFirst();
  if (found !== undefined) {
    known?.set(digest, found.labelSetId);
    return found.labelSetId;
  }
  await tx
    .insertInto('labelSets')
    .values({ digest, labels: json })
    .onConflict((c) => c.doNothing())
    .execute();
  return (await find().executeTakeFirstOrThrow()).labelSetId;
}

/**
 * The columns by which a device is found, out of its report and of the labels that were set.
 * @param known remembers ids; only for a transaction that stores one report, which finds nothing of its own in them
 */
export async function selectorColumns(
  tx: Tx,
  clientId: string,
  model: Capabilities,
  known?: { readonly offers: KnownIds; readonly labelSets: KnownIds },
): Promise<{ offerId: number; labelSetId: number }> {
  const client = await tx
    .selectFrom('clients')
    .select('labels')
    .where('clientId', '=', clientId)
    .executeTakeFirst();
  const given = Object.entries(JSON.parse(client?.labels ?? '{}') as Record<string, string>).map(
    ([key, value]) => ({ deviceId: '', key, value, source: 'rule' }) as const,
  );
  const set = await tx
    .selectFrom('labels')
    .select(['deviceId', 'key', 'value', 'source'])
    .where('clientId', '=', clientId)
    .where('deviceId', 'in', ['', model.deviceId])
    .execute();
  const own = Object.entries(deviceLabels(model)).map(
    ([key, value]): Pick<LabelRecord, 'deviceId' | 'key' | 'value' | 'source'> => ({
      deviceId: model.deviceId,
      key,
      value,
      source: 'device',
    }),
  );
  return {
    offerId: await offerIdOf(tx, offerOf(model), known?.offers),
    labelSetId: await labelSetIdOf(tx, effectiveLabels([...given, ...set, ...own]), known?.labelSets),
  };
}

/** Gives the devices of a client, or one of them, the labels that count now. */
export async function relabelDevices(tx: Tx, clientId: string, deviceId: string | null): Promise<void> {
  let devices = tx.selectFrom('devices').select(['deviceId', 'model']).where('clientId', '=', clientId);
  if (deviceId !== null) devices = devices.where('deviceId', '=', deviceId);
  for (const device of await devices.orderBy('deviceId').execute()) {
    const { labelSetId } = await selectorColumns(tx, clientId, modelOf(device.model));
    await tx
      .updateTable('devices')
      .set({ labelSetId })
      .where('clientId', '=', clientId)
      .where('deviceId', '=', device.deviceId)
      .execute();
  }
}

/** Compares what reserved workloads need with what the device offers now, and keeps the alerts true. */
export async function noteDrift(
  tx: Tx,
  clientId: string,
  deviceId: string,
  offer: Offer,
  now: number,
): Promise<void> {
  const reserved = await tx
    .selectFrom('reservations')
    .selectAll()
    .where('clientId', '=', clientId)
    .where('deviceId', '=', deviceId)
    .where((e) => e.or([e('expiresAt', 'is', null), e('expiresAt', '>', now)]))
    .execute();
  for (const one of reserved) {
    const taken = takenBy(reserved.filter((other) => other !== one));
    const subject = { offer, taken, labels: {}, own: {}, clientState: 'active' };
    const lost = constraintsOf(requirementFromJson(one.requirement))
      .filter((c) => c.scope === 'offer' && !c.met(subject))
      .map((c) => `${c.name}: needs ${c.needed}, offered ${c.offered(subject)}`);
    const { reservationId, application } = one;
    if (lost.length === 0)
      await tx.deleteFrom('driftAlerts').where('reservationId', '=', reservationId).execute();
    else
      await tx
        .insertInto('driftAlerts')
        .values({ reservationId, clientId, deviceId, application, lost: JSON.stringify(lost), since: now })
        .onConflict((c) => c.column('reservationId').doUpdateSet({ lost: JSON.stringify(lost) }))
        .execute();
  }
}

/** Gives devices of an earlier schema their columns, a few at a time. */
export async function backfillInventory(database: Database): Promise<void> {
  for (;;) {
    const found = await database.transaction().execute(async (tx) => {
      const rows = await tx
        .selectFrom('devices')
        .select(['clientId', 'deviceId', 'model'])
        .where('offerId', 'is', null)
        .limit(200)
        .execute();
      for (const { clientId, deviceId, model } of rows)
        await tx
          .updateTable('devices')
          .set(await selectorColumns(tx, clientId, modelOf(model)))
          .where('clientId', '=', clientId)
          .where('deviceId', '=', deviceId)
          .execute();
      return rows.length;
    });
    if (found === 0) return;
  }
}
