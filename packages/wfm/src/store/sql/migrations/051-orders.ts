import type { Migration } from './migration.ts';

/** Each order of a long list has an index that also holds what the list is filtered by, so that no row is read in vain. */
export const orders: Migration = {
  number: 51,
  name: 'the orders in which clients, requests, pre-authorisations and reservations are listed',
  statements: ({ name }) => {
    const start = (column: string): string =>
      `(substr("${column}", 1, 200)${name === 'postgres' ? ' collate "C"' : ''})`;
    // An entry of PostgreSQL's has at most 2,700 bytes, and labels may have more.
    const long = name === 'postgres' ? '' : ', "labels", "search"';
    const subject = name === 'postgres' ? '' : ', "subject"';
    return [
      ...(name === 'postgres'
        ? [
            `drop index "clientsFilter"`,
            `create index "clientsFilter" on "clients" ("createdAt", "clientId", "state", "authority")`,
          ]
        : []),
      `create index "clientsByName" on "clients" (${start('subject')}, "clientId", "state", "authority"${long})`,
      `create index "clientsByExpiry" on "clients" ("notAfter", "clientId", "state", "authority"${long})`,
      `create index "clientsByLabels" on "clients" (${start('labels')}, "clientId", "state", "authority"${long})`,
      // An entry moves once a minute at most, however often its client is seen.
      `create index "clientsBySeen" on "clients" ((coalesce("lastSeenAt", 0)), "clientId", "state", "authority"${long})`,
      // In the place of the one without what is filtered by.
      `drop index "enrollmentsByTime"`,
      `create index "enrollmentsFilter" on "enrollments" ("firstSeenAt", "enrollmentId", "state", "authority"${subject})`,
      `create index "enrollmentsByName" on "enrollments" (${start('subject')}, "enrollmentId", "state", "authority"${subject})`,
      `create index "enrollmentsBySeen" on "enrollments" ("lastSeenAt", "enrollmentId", "state")`,
      `create index "preauthorizationsByTime" on "preauthorizations" ("createdAt", "fingerprint")`,
      `create index "reservationsByTime" on "reservations" ("createdAt", "reservationId")`,
    ];
  },
};
