/** Drift: a reserved or required workload needs what its device no longer offers. */
import { randomUUID } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import { modelOf } from '../../fleet/stored-model.ts';
import { constraintsOf, type Subject } from '../../placement/constraints.ts';
import { driftOf, unmetLines } from '../../placement/required.ts';
import { settledCpus } from '../../placement/reserved-cpus.ts';
import { subjectOf } from '../../placement/subject.ts';
import { requirementFromJson, takenBy } from '../../placement/taken.ts';
import type { ReservationRow } from '../ports/inventory.ts';
import type { AuditQueue, Note } from './audit-queue.ts';
import { among, amongPairs, prepared } from './lists.ts';
import { Requirements } from './requirements.ts';
import type { Engine, Tables, Tx } from './schema.ts';

interface DeviceKey {
  readonly clientId: string;
  readonly deviceId: string;
}

/** Reservations of devices, and the state of what is required of all. */
interface Watched {
  readonly version: number;
  readonly reserved: readonly ReservationRow[];
}

/** What a device was and what it is: its model as stored text, made only where somebody asks, and its set of labels. */
interface ChangedDevice extends DeviceKey {
  readonly before: () => string;
  readonly after: () => string;
  readonly labelsBefore: number | null;
  readonly labelsAfter: number | null;
  readonly now: number;
}

type Alert = Tables['drift'];
type Cause = Pick<Alert, 'reservationId' | 'requirement'>;

/** What a device no longer has of what a workload needs; `profile` for requirements only. */
interface Loss {
  readonly cause: Pick<Alert, 'reservationId' | 'requirement' | 'application' | 'profile'>;
  readonly lost: readonly string[];
}

const sameCause = (a: Cause, b: Cause): boolean =>
  a.reservationId === b.reservationId && a.requirement === b.requirement;

/** One thing that becomes of an alert. */
interface Step {
  readonly what: 'raised' | 'changed' | 'resolved';
  readonly alert: Alert;
  readonly now: number;
}

function stepsOf(
  { clientId, deviceId, now }: ChangedDevice,
  standing: readonly Alert[],
  losses: readonly Loss[],
): Step[] {
  const over = standing.filter((alert) => !losses.some((loss) => sameCause(loss.cause, alert)));
  return [
    ...over.map((alert) => ({ what: 'resolved', alert, now }) as const),
    ...losses.flatMap(({ cause, lost: lines }): Step[] => {
      const lost = JSON.stringify(lines);
      const alert = standing.find((a) => sameCause(a, cause));
      if (alert === undefined) {
        const made = { alertId: randomUUID(), ...cause, clientId, deviceId, lost, since: now };
        return [{ what: 'raised', alert: made, now }];
      }
      return alert.lost === lost ? [] : [{ what: 'changed', alert: { ...alert, lost }, now }];
    }),
  ];
}

/** What reservations of one device have lost: capacity and everything else that is offered; rules were for choosing. */
function lostByReservations(here: readonly ReservationRow[], after: Subject): Loss[] {
  return here.flatMap((one) => {
    const taken = takenBy(here.filter((other) => other !== one));
    const constraints = constraintsOf(requirementFromJson(one.requirement));
    const lost = unmetLines(
      constraints.filter((c) => c.scope === 'offer'),
      { ...after, taken },
    );
    const { reservationId, application } = one;
    return lost.length === 0
      ? []
      : [{ cause: { reservationId, requirement: null, application, profile: null }, lost }];
  });
}

/** Keeps the alerts true while devices change. */
export class Drift {
  readonly #engine: Engine;
  readonly #queue: AuditQueue;
  readonly #requirements = new Requirements();

  constructor(engine: Engine, queue: AuditQueue) {
    this.#engine = engine;
    this.#queue = queue;
  }

  /** What is to be compared when these devices change, in one short statement. */
  async watched(tx: Tx, devices: readonly DeviceKey[]): Promise<Watched> {
    if (devices.length === 0) return { version: 0, reserved: [] };
    const found = await tx
      .selectFrom('requiredVersion')
      .modifyFront(prepared)
      .leftJoin('reservations', (join) =>
        join.on(this.#of(devices, 'reservations.clientId', 'reservations.deviceId')),
      )
      .select('version')
      .selectAll('reservations')
      .where('id', '=', 1)
      .execute();
    const reserved = found.filter(
      (row): row is ReservationRow & { version: number } => row.clientId !== null,
    );
    return { version: Number(found[0]?.version ?? 0), reserved };
  }

  /** Compares what workloads need with what changed devices offer now. */
  async note(tx: Tx, changed: readonly ChangedDevice[], { version, reserved }: Watched): Promise<void> {
    if (changed.length === 0) return;
    const required = await this.#requirements.at(tx, version);
    if (reserved.length === 0 && required.length === 0) return;
    const alerts = await tx
      .selectFrom('drift')
      .selectAll()
      .where(this.#of(changed, 'clientId', 'deviceId'))
      .execute();
    const labels = await this.#labels(tx, required.length === 0 ? [] : changed);
    const labelsOf = (id: number | null): Readonly<Record<string, string>> => labels.get(id) ?? {};
    const moved: ReservationRow[] = [];
    const steps = changed.flatMap((device): Step[] => {
      const { clientId, deviceId, now } = device;
      const isHere = (one: { clientId: string; deviceId: string }): boolean =>
        one.clientId === clientId && one.deviceId === deviceId;
      const standing = alerts.filter(isHere);
      const before = subjectOf(modelOf(device.before()), labelsOf(device.labelsBefore));
      const after = subjectOf(modelOf(device.after()), labelsOf(device.labelsAfter));
      const here = reserved
        .filter((r) => isHere(r) && (r.expiresAt === null || r.expiresAt > now))
        .sort((a, b) => a.createdAt - b.createdAt || a.reservationId.localeCompare(b.reservationId));
      const settled = settledCpus(here, before.offer, after.offer);
      moved.push(...settled.filter((one, i) => one !== here[i]));
      const losses = lostByReservations(settled, after);
      const [could, can] = [this.#requirements.judgeOf(before), this.#requirements.judgeOf(after)];
      for (const one of required) {
        // Most devices can host what they could host, and cannot what they could not.
        if (standing.length === 0 && (can(one) || !could(one))) continue;
        const cause = { reservationId: null, requirement: one.name, application: one.application };
        const alert = standing.find((a) => sameCause(a, cause));
        const drift = driftOf(one, deviceId, before, after, alert?.profile ?? undefined);
        if (drift !== null) losses.push({ cause: { ...cause, profile: drift.profile }, lost: drift.lost });
      }
      return stepsOf(device, standing, losses);
    });
    if (moved.length > 0) await this.#move(tx, moved);
    if (steps.length > 0) await this.#take(tx, steps);
  }

  /** Keeps reserved cores with their CPU where a report lists it elsewhere. */
  async #move(tx: Tx, moved: readonly ReservationRow[]): Promise<void> {
    const causeOf = ({ reservationId }: ReservationRow): Cause => ({ reservationId, requirement: null });
    const isThere = await this.#hold(tx, moved.map(causeOf));
    for (const one of moved)
      if (isThere(causeOf(one)))
        await tx
          .updateTable('reservations')
          .set({ cpuGroup: one.cpuGroup })
          .where('reservationId', '=', one.reservationId)
          .execute();
  }

  #of(devices: readonly DeviceKey[], ...columns: [string, string]): RawBuilder<boolean> {
    return amongPairs(
      this.#engine,
      columns,
      devices.map((d) => [d.clientId, d.deviceId] as const),
    );
  }

  /** Writes the steps, and leaves to be noted what each was. */
  async #take(tx: Tx, steps: readonly Step[]): Promise<void> {
    const isThere = await this.#hold(
      tx,
      steps.map((step) => step.alert),
    );
    const notes: Note[] = [];
    for (const { what, alert, now: at } of steps) {
      const { alertId, clientId, deviceId, application, reservationId, requirement, lost } = alert;
      // Released or removed meanwhile: its alerts are gone with it.
      if (!isThere(alert)) continue;
      if (what === 'raised') await tx.insertInto('drift').values(alert).execute();
      else if (what === 'changed')
        await tx.updateTable('drift').set({ lost }).where('alertId', '=', alertId).execute();
      else await tx.deleteFrom('drift').where('alertId', '=', alertId).execute();
      const of = { alertId, clientId, deviceId, application, reservationId, requirement };
      const device = `${clientId}/${deviceId}`;
      notes.push({
        at,
        actor: 'device',
        action: `drift.${what}`,
        subject: device,
        device,
        about: `drift ${alertId}`,
        ...(what === 'resolved' ? { ends: 'drift.raised' } : {}),
        detail: { ...of, lost: JSON.parse(lost) as string[] },
      });
    }
    await this.#queue.add(tx, notes);
  }

  /**
   * Keeps reservations and requirements from being released or removed until the transaction ends. One that is being removed at
   * this moment counts as gone: its alerts go with it, and nobody waits for anybody in a circle.
   */
  async #hold(tx: Tx, causes: readonly Cause[]): Promise<(cause: Cause) => boolean> {
    if (this.#engine.name === 'sqlite') return () => true;
    const given = (key: keyof Cause): string[] => [...new Set(causes.flatMap((cause) => cause[key] ?? []))];
    const there = new Set<string>();
    for (const [table, column, values] of [
      ['reservations', 'reservationId', given('reservationId')],
      ['requiredWorkloads', 'name', given('requirement')],
    ] as const) {
      if (values.length === 0) continue;
      const held = await sql<{
        key: string;
      }>`select ${sql.ref(column)} as "key" from ${sql.table(table)} where ${among(this.#engine, column, values)} for key share skip locked`.execute(
        tx,
      );
      for (const { key } of held.rows) there.add(`${table} ${key}`);
    }
    return ({ reservationId, requirement }) =>
      there.has(
        reservationId === null ? `requiredWorkloads ${requirement}` : `reservations ${reservationId}`,
      );
  }

  async #labels(
    tx: Tx,
    devices: readonly ChangedDevice[],
  ): Promise<Map<number | null, Record<string, string>>> {
    const ids = new Set(devices.flatMap((d) => [d.labelsBefore ?? 0, d.labelsAfter ?? 0]));
    if (ids.size === 0) return new Map();
    const found = await tx
      .selectFrom('labelSets')
      .select(['labelSetId', 'labels'])
      .where(among(this.#engine, 'labelSetId', [...ids]))
      .execute();
    return new Map(found.map((s) => [s.labelSetId, JSON.parse(s.labels) as Record<string, string>]));
  }
}
