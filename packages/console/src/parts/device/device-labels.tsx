import { Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';
import type { Got } from '../../api/types.ts';
import { Age } from '../age.tsx';
import { EditLabels } from '../edit-labels.tsx';
import { Problem } from '../problem.tsx';
import { Section } from '../section.tsx';
import type { DeviceModel } from './model.ts';

type Label = Got<'/operator/v1/devices/{clientId}/{deviceId}'>['labels'][number];

interface Entry {
  readonly key: string;
  readonly value: string;
  readonly by: string;
  readonly on: 'this device' | 'its client';
  readonly at: string | null;
}

/** What a device says of itself. */
function saidBy(model: DeviceModel): [string, string][] {
  const { labels = {} } = (model.extensions?.['x-muster-extensions'] ?? {}) as { labels?: object };
  return Object.entries(labels).map(([key, value]) => [key, String(value)]);
}

/** Labels of all sources: those that count, and those that another one stands above. */
export function DeviceLabels(o: {
  clientId: string;
  deviceId: string;
  model: DeviceModel;
  set: readonly Label[];
}) {
  const { clientId, deviceId } = o;
  const client = useQuery({
    queryKey: ['client', clientId],
    queryFn: () => answerOf(api.GET('/operator/v1/clients/{clientId}', { params: { path: { clientId } } })),
  });
  const entries: Entry[] = [
    ...o.set.map(({ key, value, setBy, setAt, deviceId: place }) => ({
      key,
      value,
      by: `operator: ${setBy}`,
      on: place === '' ? ('its client' as const) : ('this device' as const),
      at: setAt,
    })),
    ...Object.entries(client.data?.labels ?? {}).map(([key, value]) => ({
      key,
      value,
      by: `admission: ${client.data?.rule}`,
      on: 'its client' as const,
      at: client.data?.createdAt ?? null,
    })),
    ...saidBy(o.model).map(([key, value]) => ({
      key,
      value,
      by: 'the device itself',
      on: 'this device' as const,
      at: null,
    })),
  ];
  const counting = useQuery({
    queryKey: ['devices', 'labels', clientId, deviceId, saidBy(o.model)],
    queryFn: () =>
      answerOf(
        api.GET('/operator/v1/devices', {
          params: { query: { clientId, selector: `/id in (${deviceId})`, limit: 1 } },
        }),
      ),
  });
  const counted = counting.data?.items[0]?.labels;
  const own = Object.fromEntries(
    o.set
      .filter((label) => label.source === 'operator' && label.deviceId === deviceId)
      .map(({ key, value }) => [key, value]),
  );
  const setOwn = (labels: Readonly<Record<string, string>>) => {
    const gone = Object.keys(own).filter((key) => labels[key] === undefined);
    const changes = { ...labels, ...Object.fromEntries(gone.map((key) => [key, null])) };
    return answerOf(api.POST('/operator/v1/labels', { body: { clientId, deviceId, labels: changes } }));
  };
  return (
    <Section title="Labels" actions={<EditLabels labels={own} set={setOwn} />}>
      {client.isError && <Problem of={client.error} />}
      {entries.length === 0 ? (
        <Text c="dimmed">None: neither operators, nor rules, nor the device have set any.</Text>
      ) : (
        <Table.ScrollContainer minWidth={600}>
          <Table striped verticalSpacing={4} aria-label="Labels">
            <Table.Thead>
              <Table.Tr>
                {['Label', 'Set by', 'On', 'When', ''].map((name) => (
                  <Table.Th key={name} scope="col">
                    {name}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {entries.map((label) => (
                <Table.Tr key={`${label.by} ${label.on} ${label.key}`}>
                  <Table.Td className="foreign">
                    {label.key}={label.value}
                  </Table.Td>
                  <Table.Td className="foreign">{label.by}</Table.Td>
                  <Table.Td>{label.on}</Table.Td>
                  <Table.Td>
                    <Age at={label.at} never="with its report" />
                  </Table.Td>
                  <Table.Td c="dimmed" className="foreign">
                    {counted !== undefined &&
                      counted[label.key] !== label.value &&
                      (counted[label.key] === undefined
                        ? 'does not count'
                        : `does not count: ${label.key}=${counted[label.key]} stands above it`)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Section>
  );
}
