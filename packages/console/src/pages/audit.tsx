import { answerOf, api } from '../api/client.ts';
import type { Query } from '../api/types.ts';
import { Age } from '../parts/age.tsx';
import { queryText } from '../parts/api-twin.tsx';
import { AuditChecks } from '../parts/audit-checks.tsx';
import { AuditSubject } from '../parts/audit-subject.tsx';
import { ChoiceFilter, Filters, TextFilter } from '../parts/filters.tsx';
import { Page } from '../parts/page.tsx';
import { PagedTable } from '../parts/paged-table.tsx';
import { useFilters } from '../parts/use-filters.ts';
import { WholeEntry } from '../parts/whole-entry.tsx';

/** Who did what. */
export function Audit() {
  const [filters, set] = useFilters(['action', 'actor', 'subject', 'since', 'until', 'sort']);
  const asked = { sort: '-seq', ...filters } as Query<'/operator/v1/audit'>;
  return (
    <Page
      title="Audit"
      about="Who did what; each entry carries the hash of the one before"
      twin={`/audit${queryText({ sort: '-seq', ...filters })}`}
    >
      <AuditChecks />
      <Filters>
        <TextFilter
          label="Action"
          hint="client.blocked, or client"
          value={filters.action}
          onChange={(value) => set('action', value)}
        />
        <TextFilter label="Who" value={filters.actor} onChange={(value) => set('actor', value)} />
        <TextFilter
          label="On what"
          hint="client id, name, …"
          value={filters.subject}
          onChange={(value) => set('subject', value)}
        />
        <TextFilter
          label="Since"
          hint="2027-01-31T00:00:00Z"
          value={filters.since}
          onChange={(value) => set('since', value)}
        />
        <TextFilter
          label="Until"
          hint="2027-02-01T00:00:00Z"
          value={filters.until}
          onChange={(value) => set('until', value)}
        />
        <ChoiceFilter
          label="Order"
          any="newest first"
          choices={[{ value: 'seq', label: 'oldest first' }]}
          value={filters.sort}
          onChange={(value) => set('sort', value)}
        />
      </Filters>
      <PagedTable
        about={['audit', filters]}
        label="Audit log"
        read={(at) => answerOf(api.GET('/operator/v1/audit', { params: { query: { ...at, ...asked } } }))}
        idOf={(entry) => String(entry.seq)}
        none="There is no such entry."
        columns={[
          { name: 'Entry', cell: (entry) => <WholeEntry label={`Entry ${entry.seq}`} of={entry} /> },
          { name: 'When', cell: (entry) => <Age at={entry.at} /> },
          { name: 'What', cell: (entry) => entry.action },
          { name: 'Who', cell: (entry) => entry.actor },
          {
            name: 'On what',
            cell: (entry) => <AuditSubject of={entry} />,
          },
        ]}
      />
    </Page>
  );
}
