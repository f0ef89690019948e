import { type AuditEntry, appendAudit, lockChain } from './audit.ts';
import type { Engine, Tx } from './schema.ts';

const step = 200;
/** Entries that one device causes in one window: what is more waits, so that no device fills the log by flapping. */
const perDevice = 6;
const windowMilliseconds = 600_000;
const mostRemembered = 10_000;

/** An entry, and what may become of it while it waits. */
export interface Note extends AuditEntry {
  /** The device that causes it. */
  readonly device: string;
  /** What it is about: the newest entry about the same takes the place of one that still waits. */
  readonly about: string;
  /** That which began is over: when nobody was told that it began, nobody need be told that it is over. */
  readonly ends?: string;
}

/** How often devices have caused entries lately. */
class Pace {
  readonly #counts = new Map<string, number>();
  #since = Number.NEGATIVE_INFINITY;

  /** Those that have had their share. */
  full(now: number): string[] {
    if (now - this.#since >= windowMilliseconds || this.#counts.size > mostRemembered) {
      this.#counts.clear();
      this.#since = now;
    }
    return [...this.#counts].filter(([, n]) => n >= perDevice).map(([device]) => device);
  }

  count(device: string): void {
    this.#counts.set(device, (this.#counts.get(device) ?? 0) + 1);
  }
}

/**
 * What happens on the device path and belongs into the audit log. It is on disk with the act itself, but comes into the
 * chain a moment later: reports of many devices must not wait in one line for the head of the chain, and a transaction
 * that has touched devices must not wait for whoever has the head and wants these devices.
 */
export class AuditQueue {
  readonly #engine: Engine;
  readonly #pace = new Pace();
  #waits = false;
  #running: Promise<void> | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Leaves entries to be noted; on disk when `tx` is. */
  async add(tx: Tx, notes: readonly Note[]): Promise<void> {
    for (const { ends, ...note } of notes) {
      const waited = await tx
        .deleteFrom('auditQueue')
        .where('about', '=', note.about)
        .returning('action')
        .executeTakeFirst();
      if (ends !== undefined && waited?.action === ends) continue;
      // What began and changed before anybody was told begins as it is now.
      const action = waited === undefined || ends !== undefined ? note.action : waited.action;
      await tx
        .insertInto('auditQueue')
        .values({ ...note, action, detail: JSON.stringify(note.detail) })
        .execute();
      this.#waits = true;
    }
  }

  /** Notes what this instance has left, without anybody waiting; what cannot be noted now, the next sweep notes. */
  soon(): void {
    if (!this.#waits || this.#running !== null) return;
    this.#waits = false;
    this.#running = this.settle().then(
      () => {
        this.#running = null;
        this.soon();
      },
      () => {
        this.#running = null;
        this.#waits = true;
      },
    );
  }

  /** Until nothing of {@link soon} runs any more. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Moves what is left, by whichever instance, into the chain; what devices cause too often stays for later. */
  async settle(): Promise<void> {
    const { database, name } = this.#engine;
    // Empty, as it is nearly always: the head of the chain is not asked for.
    if ((await database.selectFrom('auditQueue').select('id').limit(1).execute()).length === 0) return;
    for (;;) {
      const moved = await database.transaction().execute(async (tx) => {
        let head = await lockChain(tx);
        let waiting = tx.selectFrom('auditQueue').selectAll().orderBy('id').limit(step);
        const full = this.#pace.full(performance.now());
        if (full.length > 0) waiting = waiting.where('device', 'not in', full);
        // What a report is about to take back is left alone.
        if (name === 'postgres') waiting = waiting.forUpdate().skipLocked();
        const left = await waiting.execute();
        for (const { id: _, device, about: __, detail, ...entry } of left) {
          if (device !== null) this.#pace.count(device);
          const parsed = JSON.parse(detail) as Record<string, unknown>;
          head = await appendAudit(tx, { ...entry, detail: parsed }, head);
        }
        const ids = left.map((entry) => entry.id);
        if (ids.length > 0) await tx.deleteFrom('auditQueue').where('id', 'in', ids).execute();
        return left.length;
      });
      if (moved < step) return;
    }
  }
}
