import { Grid, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../api/client.ts';
import type { Device, Query } from '../api/types.ts';
import { Age } from '../parts/age.tsx';
import { queryText } from '../parts/api-twin.tsx';
import { ClientLink, DeviceLink } from '../parts/device/device-link.tsx';
import { ExportDevices } from '../parts/device/export-devices.tsx';
import { Facets } from '../parts/device/facets.tsx';
import { cpuTexts, modelOf } from '../parts/device/model.ts';
import { ChoiceFilter, Filters, TextFilter } from '../parts/filters.tsx';
import { Labels } from '../parts/labels.tsx';
import { Page } from '../parts/page.tsx';
import { PagedTable } from '../parts/paged-table.tsx';
import { useFilters } from '../parts/use-filters.ts';

const orders = [
  { value: '-createdAt', label: 'newest first' },
  { value: 'deviceId', label: 'by device id' },
  { value: '-deviceId', label: 'by device id, backwards' },
  { value: '-lastSeenAt', label: 'last seen first' },
  { value: 'lastSeenAt', label: 'longest unseen first' },
  { value: '-updatedAt', label: 'last changed first' },
  { value: 'updatedAt', label: 'longest unchanged first' },
];

/** In milliseconds: reports are no events, there would be too many of them. */
const again = 15_000;

const clamped = (text: string) => (
  <Text size="sm" miw={68} lineClamp={2} className="foreign" dir="auto" title={text}>
    {text}
  </Text>
);

function Cpus({ of }: { of: Device }) {
  const model = modelOf(of);
  if (model.hosting === undefined) return <Text size="sm">relays only</Text>;
  return cpuTexts(model).map((text, i) => (
    <div key={`${i} ${text}`} className="whole">
      {text}
    </div>
  ));
}

/** What devices have reported: searched by selector and text, narrowed by facets, and exported as it is seen. */
export function Devices() {
  const [filters, set] = useFilters(['selector', 'text', 'clientId', 'sort']);
  const { sort: _, ...population } = filters;
  const counts = useQuery({
    queryKey: ['device-facets', population],
    queryFn: () => answerOf(api.GET('/operator/v1/device-facets', { params: { query: population } })),
    placeholderData: (before) => before,
    refetchInterval: again,
  });
  const asked = filters as Query<'/operator/v1/devices'>;
  return (
    <Page
      title="Devices"
      about="What devices offer, as they report it"
      twin={`/devices${queryText(filters)}`}
    >
      <Filters>
        <TextFilter
          label="Selector"
          hint="site=plant7, line in (1, 2), /memory>4Gi"
          width={330}
          value={filters.selector}
          onChange={(value) => set('selector', value)}
        />
        <TextFilter
          label="Text"
          hint="vendor, model, id, label"
          value={filters.text}
          onChange={(value) => set('text', value)}
        />
        <TextFilter label="Client" value={filters.clientId} onChange={(value) => set('clientId', value)} />
        <ChoiceFilter
          label="Order"
          any="oldest first"
          choices={orders}
          value={filters.sort}
          onChange={(value) => set('sort', value)}
        />
      </Filters>
      <Group justify="space-between">
        <Text size="sm" fw={600} aria-live="polite">
          {counts.isError ? '' : `${counts.data?.devices ?? '…'} found`}
        </Text>
        <ExportDevices asked={filters} />
      </Group>
      <Grid>
        <Grid.Col span={{ base: 12, md: 2.2 }}>
          {!counts.isError && (
            <Facets
              of={counts.data}
              selector={filters.selector ?? ''}
              select={(selector) => set('selector', selector)}
            />
          )}
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 9.8 }} miw={0}>
          <PagedTable
            about={['devices', filters]}
            label="Devices"
            again={again}
            read={(at) =>
              answerOf(api.GET('/operator/v1/devices', { params: { query: { ...at, ...asked } } }))
            }
            idOf={(d) => `${d.clientId} ${d.deviceId}`}
            none="There is no such device. One that was let in appears here with its first report."
            columns={[
              { name: 'Device', cell: (d) => <DeviceLink clientId={d.clientId} deviceId={d.deviceId} /> },
              { name: 'Client', cell: (d) => <ClientLink clientId={d.clientId} /> },
              { name: 'Vendor', cell: (d) => clamped(modelOf(d).vendor) },
              { name: 'Model', cell: (d) => clamped(modelOf(d).modelNumber) },
              { name: 'CPUs', cell: (d) => <Cpus of={d} /> },
              { name: 'Runtimes', cell: (d) => modelOf(d).hosting?.runtimes.join(', ') },
              { name: 'Labels', cell: (d) => <Labels of={d.labels} /> },
              { name: 'Seen', cell: (d) => <Age at={d.lastSeenAt} /> },
              { name: 'Changed', cell: (d) => <Age at={d.updatedAt} /> },
            ]}
          />
        </Grid.Col>
      </Grid>
    </Page>
  );
}
