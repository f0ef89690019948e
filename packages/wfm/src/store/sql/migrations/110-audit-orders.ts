import { kindOf } from '../audit.ts';
import type { Migration } from './migration.ts';

/** Each way to ask the log has an index that also holds what else is asked for at once. Beginnings are found in the order of bytes. */
export const auditOrders: Migration = {
  number: 110,
  name: 'the audit log by time, kind of action, action, actor and subject',
  statements: (engine) => {
    const bytes = engine.name === 'postgres' ? ' collate "C"' : '';
    return [
      `create index "auditByTime" on "audit" ("at", "seq")`,
      `create index "auditByKind" on "audit" ((${kindOf(engine)}), "seq", "at", "actor")`,
      `create index "auditByAction" on "audit" ("action", "seq", "at", "actor")`,
      `create index "auditByActor" on "audit" ("actor"${bytes}, "seq", "at", "action")`,
      `create index "auditBySubject" on "audit" ("subject"${bytes}, "seq", "at")`,
    ];
  },
};
