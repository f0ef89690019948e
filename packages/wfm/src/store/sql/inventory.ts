/** Which offer and which set of labels a device has: written with each report, in its transaction. */
import type { Capabilities } from '@muster/protocol';
import { deviceLabels, effectiveLabels } from '../../fleet/labels.ts';
import { modelOf } from '../../fleet/stored-model.ts';
import { offerOf } from '../../placement/offer.ts';
import type { LabelRecord } from '../ports/inventory.ts';
import type { AuditQueue } from './audit-queue.ts';
import { Drift } from './drift.ts';
import { Interned } from './interned.ts';
import { unpackReport } from './kept-report.ts';
import { among, prepared } from './lists.ts';
import type { Engine, Tx } from './schema.ts';

type Label = Pick<LabelRecord, 'deviceId' | 'key' | 'value' | 'source'>;

/** A device whose columns are wanted: its report, and the labels that admission gave to its client, as JSON. */
export interface Reported {
  readonly clientId: string;
  readonly model: Capabilities;
  readonly clientLabels: string;
}

/** The columns by which devices are found. */
export class Inventory {
  /** Watches devices that change. */
  readonly drift: Drift;
  readonly queue: AuditQueue;
  readonly #engine: Engine;
  readonly #offers: Interned;
  readonly #labelSets: Interned;

  constructor(engine: Engine, queue: AuditQueue) {
    this.queue = queue;
    this.drift = new Drift(engine, queue);
    this.#engine = engine;
    this.#offers = new Interned(engine, 'offers');
    this.#labelSets = new Interned(engine, 'labelSets');
  }

  /**
   * The columns of devices, out of their reports and of the labels that were set, in their order.
   * @param tx has stored no offers nor sets of labels before
   */
  async columns(tx: Tx, devices: readonly Reported[]): Promise<{ offerId: number; labelSetId: number }[]> {
    if (devices.length === 0) return [];
    const json = (one: unknown): string => JSON.stringify(one);
    const [set, offerIds] = await Promise.all([
      this.#labels(tx, devices),
      this.#offers.ids(
        tx,
        devices.map((d) => json(offerOf(d.model))),
      ),
    ]);
    const labels = devices.map(({ clientId, model, clientLabels }) => {
      const { deviceId } = model;
      const label = (on: string, source: Label['source'], given: object): Label[] =>
        Object.entries(given).map(([key, value]) => ({ deviceId: on, key, value: String(value), source }));
      return effectiveLabels([
        ...label('', 'rule', JSON.parse(clientLabels) as object),
        ...(set.get(clientId) ?? []).filter((l) => l.deviceId === '' || l.deviceId === deviceId),
        ...label(deviceId, 'device', deviceLabels(model)),
      ]);
    });
    const labelSetIds = await this.#labelSets.ids(tx, labels.map(json));
    return devices.map((_, i) => ({ offerId: offerIds[i] as number, labelSetId: labelSetIds[i] as number }));
  }

  /** The labels that were set on devices and on their clients, by client. */
  async #labels(tx: Tx, devices: readonly Reported[]): Promise<ReadonlyMap<string, Label[]>> {
    const found = await tx
      .selectFrom('labels')
      .modifyFront(prepared)
      .select(['clientId', 'deviceId', 'key', 'value', 'source'])
      .where(among(this.#engine, 'clientId', [...new Set(devices.map((d) => d.clientId))]))
      .where(among(this.#engine, 'deviceId', ['', ...devices.map((d) => d.model.deviceId)]))
      .execute();
    const set = new Map<string, Label[]>();
    for (const { clientId, ...label } of found) set.set(clientId, [...(set.get(clientId) ?? []), label]);
    return set;
  }

  /** Gives the devices of a client, or one of them, the labels that count now. */
  async relabel(tx: Tx, clientId: string, deviceId: string | null, now: number): Promise<void> {
    let owner = tx.selectFrom('clients').select('labels').where('clientId', '=', clientId);
    // A report of this client that is being stored has read its labels already: its turn comes first.
    if (this.#engine.name === 'postgres') owner = owner.forNoKeyUpdate();
    const client = await owner.executeTakeFirst();
    let query = tx
      .selectFrom('devices')
      .select(['deviceId', 'report', 'labelSetId'])
      .where('clientId', '=', clientId);
    if (deviceId !== null) query = query.where('deviceId', '=', deviceId);
    const devices = await query.orderBy('deviceId').execute();
    const columns = await this.columns(
      tx,
      devices.map((d) => ({
        clientId,
        model: modelOf(unpackReport(d.report).model),
        clientLabels: client?.labels ?? '{}',
      })),
    );
    for (const [i, device] of devices.entries())
      await tx
        .updateTable('devices')
        .set({ labelSetId: columns[i]?.labelSetId ?? null })
        .where('clientId', '=', clientId)
        .where('deviceId', '=', device.deviceId)
        .execute();
    const changed = devices.map(({ deviceId: id, report, labelSetId }, i) => {
      const model = (): string => unpackReport(report).model;
      const labels = { labelsBefore: labelSetId, labelsAfter: columns[i]?.labelSetId ?? null };
      return { clientId, deviceId: id, before: model, after: model, ...labels, now };
    });
    await this.drift.note(tx, changed, await this.drift.watched(tx, changed));
  }

  /** Gives devices of an earlier schema their columns, a few at a time. */
  async backfill(): Promise<void> {
    for (;;) {
      const found = await this.#engine.database.transaction().execute(async (tx) => {
        const rows = await tx
          .selectFrom('devices')
          .innerJoin('clients', 'clients.clientId', 'devices.clientId')
          .select(['devices.clientId', 'devices.deviceId', 'devices.report', 'clients.labels'])
          .where('offerId', 'is', null)
          .limit(200)
          .execute();
        const columns = await this.columns(
          tx,
          rows.map((r) => ({
            clientId: r.clientId,
            model: modelOf(unpackReport(r.report).model),
            clientLabels: r.labels,
          })),
        );
        for (const [i, { clientId, deviceId }] of rows.entries())
          await tx
            .updateTable('devices')
            .set(columns[i] ?? {})
            .where('clientId', '=', clientId)
            .where('deviceId', '=', deviceId)
            .execute();
        return rows.length;
      });
      if (found === 0) return;
    }
  }
}
