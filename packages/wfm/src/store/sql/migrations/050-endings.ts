import type { Migration } from './migration.ts';

/** By this index a repeated DELETE learns that it was done. Removals are few: the log of devices does not grow by it. */
export const endings: Migration = {
  number: 50,
  name: 'removals are found in the audit log; which client the first of two approvals named',
  statements: () => [
    `create index "auditEndings" on "audit" ("subject") where "action" in ('client.deleted', 'enrollment.deleted',
      'preauthorization.removed', 'authority.removed', 'reservation.released', 'reservation.expired', 'signer.removed', 'webhook.removed', 'requirement.removed')`,
    `alter table "enrollments" add column "approvalInto" text`,
  ],
};
