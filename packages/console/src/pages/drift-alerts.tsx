import { queryText } from '../parts/api-twin.tsx';
import { DriftAlerts } from '../parts/device/drift-alerts.tsx';
import { ChoiceFilter, Filters, TextFilter } from '../parts/filters.tsx';
import { Page } from '../parts/page.tsx';
import { useFilters } from '../parts/use-filters.ts';

const orders = [{ value: 'since', label: 'oldest first' }];

/** What devices have lost of what reservations and requirements need, as it comes and goes. */
export function DriftAlertsPage() {
  const [filters, set] = useFilters(['clientId', 'sort']);
  return (
    <Page
      title="Drift alerts"
      about="Devices that no longer offer what a reservation or a requirement needs"
      twin={`/drift-alerts${queryText({ sort: '-since', ...filters })}`}
    >
      <Filters>
        <TextFilter label="Client" value={filters.clientId} onChange={(value) => set('clientId', value)} />
        <ChoiceFilter
          label="Order"
          any="newest first"
          choices={orders}
          value={filters.sort}
          onChange={(value) => set('sort', value)}
        />
      </Filters>
      <DriftAlerts
        asked={filters.sort === 'since' ? { ...filters, sort: 'since' } : { ...filters, sort: '-since' }}
      />
    </Page>
  );
}
