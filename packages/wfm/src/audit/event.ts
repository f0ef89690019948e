import type { AuditRecord } from '../store/ports.ts';

/** An entry of the audit log as it is told to others, in streams and by webhooks. `seq` is its id. */
export interface Event {
  readonly seq: number;
  /** ISO 8601. */
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The event that an entry of the audit log is. */
export function eventOf({ seq, at, actor, action, subject, detail }: AuditRecord): Event {
  return { seq, at: new Date(at).toISOString(), actor, action, subject, detail };
}

/** Whether an action begins with one of the wanted words; no words want everything. */
export function isWanted(action: string, types: readonly string[]): boolean {
  return types.length === 0 || types.some((type) => action.startsWith(type));
}
