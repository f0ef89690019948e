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

/** The id of an offer; stored when it is new. */
export async function offerIdOf(tx: Tx, offer: Offer): Promise<number> {
  const json = JSON.stringify(offer);
  const digest = offerDigest(json);
  const find = () => tx.selectFrom('offers').select('offerId').where('digest', '=', digest);
  const known = await find().executeTakeFirst();
  if (known !== undefined) return known.offerId;
  await tx
    .insertInto('offers')
    .values({ digest, offer: json })
    .onConflict((c) => c.doNothing())
    .execute();
  return (await find().executeTakeFirstOrThrow()).offerId;
}

/** The id of a set of labels; stored when it is new. */
export async function labelSetIdOf(tx: Tx, labels: Record<string, string>): Promise<number> {
  const json = JSON.stringify(labels);
  const digest = offerDigest(json);
  const find = () => tx.selectFrom('labelSets').select('labelSetId').where('digest', '=', digest);
  const known = await find().executeTakeFirst();
  if (known !== undefined) return known.labelSetId;
  await tx
    .insertInto('labelSets')
    .values({ digest, labels: json })
    .onConflict((c) => c.doNothing())
    .execute();
  return (await find().executeTakeFirstOrThrow()).labelSetId;
}

/** The columns by which a device is found, out of its report and of the labels that were set. */
export async function selectorColumns(
  tx: Tx,
  clientId: string,
  model: Capabilities,
): Promise<{ offerId: number; labelSetId: number }> {
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
    offerId: await offerIdOf(tx, offerOf(model)),
    labelSetId: await labelSetIdOf(tx, effectiveLabels([...set, ...own])),
  };
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
