import { constraintsOf } from '../../placement/constraints.ts';
import { fitOf } from '../../placement/fit.ts';
import { offerOf } from '../../placement/offer.ts';
import { unmetLines } from '../../placement/required.ts';
import { requirementToJson, takenBy } from '../../placement/taken.ts';
import type { ReservationRow, ReservationSort, ReservationStore } from '../ports/inventory.ts';
import { appendAudit, type AuditEntry, lockChain } from './audit.ts';
import { modelOf } from '../../fleet/stored-model.ts';
import { unpackReport } from './kept-report.ts';
import { Keyset, numbers } from './keyset.ts';
import type { Engine } from './schema.ts';

const keyset = new Keyset<ReservationSort>('reservationId', { createdAt: numbers('createdAt') });

/** So many end in one transaction; the rest ends with the next sweep. It counts no longer in either case. */
const sweepMaximum = 1000;

type Ended = Pick<ReservationRow, 'reservationId' | 'clientId' | 'deviceId' | 'application'>;

const expiryOf = ({ reservationId, clientId, deviceId, application }: Ended, now: number): AuditEntry => ({
  at: now,
  actor: 'policy',
  action: 'reservation.expired',
  subject: reservationId,
  detail: { clientId, deviceId, application },
});

/** The reservations over SQL. */
export function sqlReservations(engine: Engine): ReservationStore {
  const { database } = engine;
  const active = (now: number) =>
    database
      .selectFrom('reservations')
      .selectAll()
      .where((e) => e.or([e('expiresAt', 'is', null), e('expiresAt', '>', now)]));
  return {
    reserve: ({ reservationId, clientId, deviceId, application, requirement, actor, now, expiresAt }) =>
      database.transaction().execute(async (tx) => {
        // The chain's head puts all reservations in one order, on every instance: each sees all before it.
        let head = await lockChain(tx);
        const owner = tx.selectFrom('clients').select('state').where('clientId', '=', clientId);
        // A report of this client that is being stored does not see this reservation: it comes first.
        const client = await (engine.name === 'postgres' ? owner.forNoKeyUpdate() : owner).executeTakeFirst();
        const device = await tx
          .selectFrom('devices')
          .select('report')
          .where('clientId', '=', clientId)
          .where('deviceId', '=', deviceId)
          .executeTakeFirst();
        if (client === undefined || device === undefined) return { result: 'not-found' };
        const present = await tx
          .selectFrom('reservations')
          .selectAll()
          .where('reservationId', '=', reservationId)
          .executeTakeFirst();
        if (present !== undefined && present.expiresAt !== null && present.expiresAt <= now) {
          // Over, whether or not the sweep has come by: what is asked for is a new one.
          await tx.deleteFrom('reservations').where('reservationId', '=', reservationId).execute();
          head = await appendAudit(tx, expiryOf(present, now), head);
        } else if (present !== undefined) {
          const isSame =
            present.clientId === clientId &&
            present.deviceId === deviceId &&
            present.application === application &&
            present.requirement === requirementToJson(requirement);
          return { result: isSame ? 'unchanged' : 'conflict', reservation: present };
        }
        const reserved = await tx
          .selectFrom('reservations')
          .select(['requirement', 'cpuGroup'])
          .where('clientId', '=', clientId)
          .where('deviceId', '=', deviceId)
          .where((e) => e.or([e('expiresAt', 'is', null), e('expiresAt', '>', now)]))
          .execute();
        const offer = offerOf(modelOf(unpackReport(device.report).model));
        const taken = takenBy(reserved);
        const subject = { offer, taken, labels: {}, own: {}, clientState: client.state };
        // Capacity only: eligibility was judged when the device was chosen, and an operator may override it.
        const unmet = unmetLines(constraintsOf({ ...requirement, eligibility: [] }), subject);
        if (unmet.length > 0) return { result: 'no-room', unmet };
        const reservation: ReservationRow = {
          reservationId,
          clientId,
          deviceId,
          application,
          requirement: requirementToJson(requirement),
          cpuGroup: fitOf(requirement, offer, taken).cpuGroup ?? null,
          createdAt: now,
          createdBy: actor,
          expiresAt,
        };
        await tx.insertInto('reservations').values(reservation).execute();
        await appendAudit(
          tx,
          {
            at: now,
            actor,
            action: 'reservation.made',
            subject: reservationId,
            detail: { clientId, deviceId, application, expiresAt },
          },
          head,
        );
        return { result: 'reserved', reservation };
      }),
    release: (reservationId, actor, now) =>
      database.transaction().execute(async (tx) => {
        const head = await lockChain(tx);
        const gone = await tx
          .deleteFrom('reservations')
          .where('reservationId', '=', reservationId)
          .returning(['clientId', 'deviceId', 'application'])
          .executeTakeFirst();
        if (gone === undefined) return false;
        await appendAudit(
          tx,
          { at: now, actor, action: 'reservation.released', subject: reservationId, detail: gone },
          head,
        );
        return true;
      }),
    async list({ now, clientId, application, ...o }) {
      let query = active(now);
      if (clientId !== undefined) query = query.where('clientId', '=', clientId);
      if (application !== undefined) query = query.where('application', '=', application);
      return keyset.page(await keyset.rows(query, o).execute(), o);
    },
    active: (now) => active(now).execute(),
    ofDevice: (clientId, deviceId, now) =>
      active(now).where('clientId', '=', clientId).where('deviceId', '=', deviceId).execute(),
    async sweep(now) {
      const over = await database
        .selectFrom('reservations')
        .select('reservationId')
        .where('expiresAt', '<=', now)
        .limit(sweepMaximum)
        .execute();
      if (over.length === 0) return 0;
      const ids = over.map((r) => r.reservationId);
      return database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const gone = await tx
          .deleteFrom('reservations')
          .where('reservationId', 'in', ids)
          .where('expiresAt', '<=', now)
          .returning(['reservationId', 'clientId', 'deviceId', 'application'])
          .execute();
        for (const one of gone) await appendAudit(tx, expiryOf(one, now));
        return gone.length;
      });
    },
  };
}
