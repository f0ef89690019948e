import { type AuditEntry, appendAudit, lockChain } from './audit.ts';
import type { Database, Tx } from './schema.ts';

const step = 200;

/**
 * What happens on the device path and belongs into the audit log. It is on disk with the act itself, but comes into the
 * chain a moment later: reports of many devices must not wait in one line for the head of the chain, and a transaction
 * that has touched devices must not wait for whoever has the head and wants these devices.
 */
export class AuditQueue {
  readonly #database: Database;
  #waits = false;
  #running: Promise<void> | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Leaves entries to be noted; on disk when `tx` is. */
  async add(tx: Tx, entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await tx
      .insertInto('auditQueue')
      .values(entries.map((entry) => ({ ...entry, detail: JSON.stringify(entry.detail) })))
      .execute();
    this.#waits = true;
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

  /** Moves everything that is left, by whichever instance, into the chain. */
  async settle(): Promise<void> {
    for (;;) {
      const moved = await this.#database.transaction().execute(async (tx) => {
        const first = await tx.selectFrom('auditQueue').select('id').limit(1).executeTakeFirst();
        if (first === undefined) return 0;
        // The head first: whoever else settles waits here, and then sees what is gone.
        let head = await lockChain(tx);
        const left = await tx.selectFrom('auditQueue').selectAll().orderBy('id').limit(step).execute();
        for (const { id: _, detail, ...entry } of left)
          head = await appendAudit(
            tx,
            { ...entry, detail: JSON.parse(detail) as Record<string, unknown> },
            head,
          );
        const ids = left.map((entry) => entry.id);
        if (ids.length > 0) await tx.deleteFrom('auditQueue').where('id', 'in', ids).execute();
        return left.length;
      });
      if (moved < step) return;
    }
  }
}
