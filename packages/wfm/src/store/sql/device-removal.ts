/** Devices that go: with them goes what hangs on them, and the audit log tells what was reserved there. */
import type { RawBuilder } from 'kysely';
import type { AuditQueue, Note } from './audit-queue.ts';
import type { Tx } from './schema.ts';

/**
 * Removes devices of one client with their labels, revisions, reservations and alerts.
 * @param these says which; `deviceId` is the one that was asked for
 * @returns how many there were
 */
export async function removeDevices(
  tx: Tx,
  queue: AuditQueue,
  o: { clientId: string; deviceId: string; these: RawBuilder<boolean>; now: number },
): Promise<number> {
  const { clientId, deviceId, these, now } = o;
  const lost = await tx
    .deleteFrom('reservations')
    .where('clientId', '=', clientId)
    .where(these)
    .returning(['reservationId', 'deviceId', 'application', 'expiresAt'])
    .execute();
  const gone = await tx
    .deleteFrom('devices')
    .where('clientId', '=', clientId)
    .where(these)
    .executeTakeFirst();
  await tx.deleteFrom('labels').where('clientId', '=', clientId).where(these).execute();
  const devices = Number(gone.numDeletedRows);
  if (devices === 0) return 0;
  const device = `${clientId}/${deviceId}`;
  const by = { at: now, actor: 'device', device };
  const notes: Note[] = lost.map(({ reservationId, expiresAt, ...detail }) => ({
    ...by,
    action: expiresAt !== null && expiresAt <= now ? 'reservation.expired' : 'reservation.lost',
    subject: reservationId,
    detail: { clientId, ...detail },
    about: `reservation ${reservationId}`,
  }));
  await queue.add(tx, [
    ...notes,
    {
      ...by,
      action: 'device.removed',
      subject: device,
      detail: { clientId, deviceId, devices },
      about: `device ${device}`,
    },
  ]);
  return devices;
}
