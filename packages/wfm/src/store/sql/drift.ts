/** Drift: a reserved or placed workload needs what its device no longer offers. */
import { modelOf } from '../../fleet/stored-model.ts';
import { constraintsOf } from '../../placement/constraints.ts';
import { offerOf } from '../../placement/offer.ts';
import { requirementFromJson, takenBy } from '../../placement/taken.ts';
import { amongPairs } from './lists.ts';
import type { Engine, Tx } from './schema.ts';

/** Compares what reserved workloads need with what the devices offer now, and keeps the alerts true. */
export async function noteDrift(
  engine: Engine,
  tx: Tx,
  changed: readonly { clientId: string; deviceId: string; model: string; updatedAt: number }[],
): Promise<void> {
  if (changed.length === 0) return;
  const reserved = await tx
    .selectFrom('reservations')
    .selectAll()
    .where(
      amongPairs(
        engine,
        ['clientId', 'deviceId'],
        changed.map((d) => [d.clientId, d.deviceId]),
      ),
    )
    .execute();
  for (const { clientId, deviceId, model, updatedAt: now } of changed) {
    const here = reserved.filter(
      (r) =>
        r.clientId === clientId && r.deviceId === deviceId && (r.expiresAt === null || r.expiresAt > now),
    );
    for (const one of here) {
      const taken = takenBy(here.filter((other) => other !== one));
      const subject = { offer: offerOf(modelOf(model)), taken, labels: {}, own: {}, clientState: 'active' };
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
}
