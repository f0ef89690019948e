import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import { answerOf, api } from '../api/client.ts';
import type { Query } from '../api/types.ts';
import { Age } from '../parts/age.tsx';
import { queryText } from '../parts/api-twin.tsx';
import { ChoiceFilter, Filters, TextFilter } from '../parts/filters.tsx';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { Labels } from '../parts/labels.tsx';
import { Page } from '../parts/page.tsx';
import { PagedTable } from '../parts/paged-table.tsx';
import { State } from '../parts/state.tsx';
import { useFilters } from '../parts/use-filters.ts';
import { whyOfClient } from '../parts/why.ts';

const states = ['active', 'blocked', 'retired'].map((value) => ({ value, label: value }));
const orders = [
  { value: '-createdAt', label: 'newest first' },
  { value: '-lastSeenAt', label: 'last seen first' },
  { value: 'lastSeenAt', label: 'longest unseen first' },
  { value: 'subject', label: 'by certificate' },
  { value: 'notAfter', label: 'certificate ends first' },
  { value: 'labels', label: 'by labels' },
];

/** Who has been let in. */
export function Clients() {
  const [filters, set] = useFilters(['state', 'text', 'fingerprint', 'authority', 'label', 'sort']);
  const asked = filters as Query<'/operator/v1/clients'>;
  return (
    <Page
      title="Clients"
      about="Devices that have been let in, by their keys"
      twin={`/clients${queryText(filters)}`}
    >
      <Filters>
        <ChoiceFilter
          label="State"
          any="all"
          choices={states}
          value={filters.state}
          onChange={(value) => set('state', value)}
        />
        <TextFilter label="Certificate or id" value={filters.text} onChange={(value) => set('text', value)} />
        <TextFilter
          label="Fingerprint"
          hint="its beginning"
          value={filters.fingerprint}
          onChange={(value) => set('fingerprint', value)}
        />
        <TextFilter
          label="Authority"
          value={filters.authority}
          onChange={(value) => set('authority', value)}
        />
        <TextFilter
          label="Label"
          hint="site=plant7"
          value={filters.label}
          onChange={(value) => set('label', value)}
        />
        <ChoiceFilter
          label="Order"
          any="oldest first"
          choices={orders}
          value={filters.sort}
          onChange={(value) => set('sort', value)}
        />
      </Filters>
      <PagedTable
        about={['clients', filters]}
        label="Clients"
        read={(at) => answerOf(api.GET('/operator/v1/clients', { params: { query: { ...at, ...asked } } }))}
        idOf={(c) => c.clientId}
        none="There is no such client."
        columns={[
          { name: 'State', cell: (c) => <State is={c.state} why={whyOfClient(c)} /> },
          {
            name: 'Client',
            cell: (c) => (
              <>
                <Anchor component={Link} to={`/clients/${c.clientId}`} size="sm">
                  {c.subject}
                </Anchor>
                <Text size="xs" c="dimmed" className="mono">
                  {c.clientId}
                </Text>
              </>
            ),
          },
          { name: 'Key', cell: (c) => <Fingerprint of={c.keyFingerprint} /> },
          { name: 'Labels', cell: (c) => <Labels of={c.labels} /> },
          { name: 'Seen', cell: (c) => <Age at={c.lastSeenAt} /> },
          { name: 'Let in', cell: (c) => <Age at={c.createdAt} /> },
          { name: 'Certificate', cell: (c) => <Age at={c.notAfter} /> },
        ]}
      />
    </Page>
  );
}
