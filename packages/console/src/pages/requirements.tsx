import { Anchor, Button, Text } from '@mantine/core';
import { Link } from 'react-router';
import { answerOf, api } from '../api/client.ts';
import type { Query } from '../api/types.ts';
import { Age } from '../parts/age.tsx';
import { queryText } from '../parts/api-twin.tsx';
import { ChoiceFilter, Filters } from '../parts/filters.tsx';
import { Page } from '../parts/page.tsx';
import { PagedTable } from '../parts/paged-table.tsx';
import { RemoveRequirement } from '../parts/placement/remove-requirement.tsx';
import { useFilters } from '../parts/use-filters.ts';

const orders = [
  { value: '-createdAt', label: 'newest first' },
  { value: 'createdAt', label: 'oldest first' },
];

/** Workloads that devices must be able to host, whether one runs there or not. */
export function Requirements() {
  const [filters, set] = useFilters(['sort']);
  const asked = filters as Query<'/operator/v1/requirements'>;
  return (
    <Page
      title="Requirements"
      about="Applications that devices must be able to host; an alert tells when one no longer is"
      twin={`/requirements${queryText(filters)}`}
      actions={
        <Button component={Link} to="/requirements/new" size="compact-sm">
          Require one
        </Button>
      }
    >
      <Filters>
        <ChoiceFilter
          label="Order"
          any="by name"
          choices={orders}
          value={filters.sort}
          onChange={(value) => set('sort', value)}
        />
      </Filters>
      <PagedTable
        about={['requirements', filters]}
        label="Requirements"
        read={(at) =>
          answerOf(api.GET('/operator/v1/requirements', { params: { query: { ...at, ...asked } } }))
        }
        idOf={(r) => r.name}
        none="Nothing is required of devices."
        columns={[
          {
            name: 'Name',
            cell: (r) => (
              <Anchor component={Link} to={`/requirements/of/${r.name}`} size="sm">
                {r.name}
              </Anchor>
            ),
          },
          { name: 'Application', cell: (r) => <bdi>{r.application}</bdi> },
          {
            name: 'Of',
            cell: (r) => (
              <>
                <span className="mono">{r.selector === '' ? 'all devices' : r.selector}</span>
                {r.target !== null && (
                  <Text size="xs" c="dimmed">
                    the device <bdi>{r.target}</bdi>
                  </Text>
                )}
              </>
            ),
          },
          {
            name: 'Required',
            cell: (r) => (
              <>
                <Age at={r.createdAt} /> by <bdi>{r.createdBy}</bdi>
              </>
            ),
          },
          { name: '', cell: (r) => <RemoveRequirement name={r.name} /> },
        ]}
      />
    </Page>
  );
}
