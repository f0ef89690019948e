import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import { answerOf, api } from '../api/client.ts';
import { asProblem } from '../api/problem.ts';
import type { Query } from '../api/types.ts';
import { Age } from '../parts/age.tsx';
import { queryText } from '../parts/api-twin.tsx';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { Countdown } from '../parts/countdown.tsx';
import { ChoiceFilter, Filters, TextFilter } from '../parts/filters.tsx';
import { Page } from '../parts/page.tsx';
import { PagedTable } from '../parts/paged-table.tsx';
import { type Batch, batchesOf } from '../parts/placement/batches.ts';
import { capacityOf } from '../parts/placement/capacity.ts';
import { DeviceName } from '../parts/placement/device-name.tsx';
import { useFilters } from '../parts/use-filters.ts';

const orders = [{ value: '-createdAt', label: 'newest first' }];

/** Gives all copies back; one that has ended meanwhile is given back already. */
async function releaseAll(ids: readonly string[]): Promise<void> {
  for (const reservationId of ids) {
    const params = { path: { reservationId } };
    await answerOf(api.DELETE('/operator/v1/reservations/{reservationId}', { params })).catch(
      (thrown: unknown) => {
        if (ids.length === 1 || asProblem(thrown).status !== 404) throw thrown;
      },
    );
  }
}

function Release({ of: { first, ids } }: { of: Batch }) {
  return (
    <ConfirmButton label="Release" size="compact-xs" isDangerous act={() => releaseAll(ids)}>
      <Text size="sm">
        {ids.length === 1 ? 'The copy' : `All ${ids.length} copies`} of <bdi>{first.application}</bdi> on{' '}
        <bdi>{first.deviceId}</bdi>: others may plan with the capacity at once. What runs on the device is not
        touched.
      </Text>
    </ConfirmButton>
  );
}

/** Capacity that is committed to planned deployments. */
export function Reservations() {
  const [filters, set] = useFilters(['application', 'clientId', 'sort']);
  const asked = filters as Query<'/operator/v1/reservations'>;
  return (
    <Page
      title="Reservations"
      about="Capacity of devices that is committed to planned copies: nobody else can plan with it"
      twin={`/reservations${queryText(filters)}`}
    >
      <Filters>
        <TextFilter
          label="Application"
          hint="its id"
          value={filters.application}
          onChange={(value) => set('application', value)}
        />
        <TextFilter
          label="Client"
          hint="its id"
          value={filters.clientId}
          onChange={(value) => set('clientId', value)}
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
        about={['reservations', filters]}
        label="Reservations"
        read={async (at) => {
          const query = { ...at, ...asked };
          const page = await answerOf(api.GET('/operator/v1/reservations', { params: { query } }));
          return { items: batchesOf(page.items), nextCursor: page.nextCursor };
        }}
        idOf={({ ids }) => ids[0] ?? ''}
        none={
          <>
            Nothing is reserved. Ask under{' '}
            <Anchor component={Link} to="/placement">
              Placement
            </Anchor>{' '}
            and reserve a candidate.
          </>
        }
        columns={[
          {
            name: 'Application',
            cell: ({ first }) => (
              <Anchor
                component={Link}
                to={`/reservations?application=${encodeURIComponent(first.application)}`}
                size="sm"
              >
                <bdi>{first.application}</bdi>
              </Anchor>
            ),
          },
          {
            name: 'Device',
            cell: ({ first }) => <DeviceName clientId={first.clientId} deviceId={first.deviceId} />,
          },
          { name: 'Copies', cell: ({ ids }) => ids.length },
          {
            name: 'Each takes',
            cell: ({ first }) => capacityOf(first.requirement).join(' · ') || 'no capacity',
          },
          {
            name: 'Reserved',
            cell: ({ first }) => (
              <>
                <Age at={first.createdAt} /> by <bdi>{first.createdBy}</bdi>
              </>
            ),
          },
          { name: 'Left', cell: ({ first }) => <Countdown to={first.expiresAt} never="until released" /> },
          { name: '', cell: (batch) => <Release of={batch} /> },
        ]}
      />
    </Page>
  );
}
