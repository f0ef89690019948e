/** Refusals that matter in the audit log: who, what, from where; seldom enough that nobody can fill the log by asking. */
import type { Logger } from 'pino';
import type { AuditStore } from '../store/ports.ts';

export interface Refusal {
  /** Problem code, and for a signature the check that failed. */
  readonly code: string;
  readonly check: string | null;
  /** A clientId, an operator's name, or `stranger`. */
  readonly subject: string;
  /** The address that asked. */
  readonly from: string;
  readonly detail: string;
}

/** The same refusal of the same subject is written once in this time. */
const quietMilliseconds = 86_400_000;
/** Entries per minute, whoever causes them. */
const perMinute = 30;
const remembered = 10_000;

/** Decides which refusals are written. Pure but for what it remembers; bounded. */
export class RefusalPace {
  readonly #last = new Map<string, { at: number; unwritten: number }>();
  #minute = { at: Number.NEGATIVE_INFINITY, written: 0 };

  /**
   * @param now milliseconds since 1970
   * @returns how many of the same kind went unwritten before this one, or null when this one is not to be written
   */
  take(refusal: Refusal, now: number): number | null {
    const who = refusal.subject === 'stranger' ? `stranger ${refusal.from}` : refusal.subject;
    const key = `${refusal.code} ${refusal.check ?? ''} ${who}`;
    const last = this.#last.get(key);
    if (last !== undefined && now - last.at < quietMilliseconds) {
      last.unwritten++;
      return null;
    }
    if (now - this.#minute.at >= 60_000) this.#minute = { at: now, written: 0 };
    if (this.#minute.written >= perMinute) return null;
    this.#minute.written++;
    const oldest = this.#last.keys().next();
    if (this.#last.size >= remembered && oldest.done !== true) this.#last.delete(oldest.value);
    this.#last.delete(key);
    this.#last.set(key, { at: now, unwritten: 0 });
    return last?.unwritten ?? 0;
  }
}

/** Makes the function that notes a refusal. It never holds up the answer. */
export function noteRefusals(o: {
  audit: AuditStore;
  log: Logger;
  now: () => number;
}): (refusal: Refusal) => void {
  const pace = new RefusalPace();
  return (refusal) => {
    const at = o.now();
    const before = pace.take(refusal, at);
    if (before === null) return;
    const { code, check, subject, from, detail } = refusal;
    o.audit
      .append({
        at,
        actor: 'muster',
        action: 'request.refused',
        subject,
        detail: { code, ...(check === null ? {} : { check }), from, detail, before },
      })
      .catch((error: unknown) =>
        o.log.warn({ err: error }, 'a refusal could not be written to the audit log'),
      );
  };
}
