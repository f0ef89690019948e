import type { Migration } from './migration.ts';

export const pacedNotes: Migration = {
  number: 91,
  name: 'of what waits for the audit log: which device causes it, and what a later entry may take back',
  statements: () => [
    `alter table "auditQueue" add column "device" text`,
    `alter table "auditQueue" add column "about" text`,
    `create index "auditQueueByAbout" on "auditQueue" ("about")`,
  ],
};
