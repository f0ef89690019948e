import { Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';
import type { Got } from '../../api/types.ts';
import { Age } from '../age.tsx';
import { EditLabels } from '../edit-labels.tsx';
import { Section } from '../section.tsx';

type Label = Got<'/operator/v1/devices/{clientId}/{deviceId}'>['labels'][number];

const sources: Readonly<Record<string, string>> = {
  operator: 'operator',
  rule: 'rule of admission',
  device: 'the device itself',
};

/** Labels of all sources: those that count, and those that another one stands above. */
export function DeviceLabels(o: { clientId: string; deviceId: string; labels: readonly Label[] }) {
  const { clientId, deviceId } = o;
  const counting = useQuery({
    queryKey: ['devices', 'labels', clientId, deviceId],
    queryFn: () =>
      answerOf(
        api.GET('/operator/v1/devices', {
          params: { query: { clientId, selector: `/id in (${deviceId})`, limit: 1 } },
        }),
      ),
  });
  const counted = counting.data?.items[0]?.labels;
  const own = Object.fromEntries(
    o.labels
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
      {o.labels.length === 0 ? (
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
              {o.labels.map((label) => (
                <Table.Tr key={`${label.source} ${label.deviceId} ${label.key}`}>
                  <Table.Td className="foreign">
                    {label.key}={label.value}
                  </Table.Td>
                  <Table.Td className="foreign">
                    {sources[label.source] ?? label.source}
                    {label.setBy !== '' && label.source !== 'device' && `: ${label.setBy}`}
                  </Table.Td>
                  <Table.Td>{label.deviceId === '' ? 'its client' : 'this device'}</Table.Td>
                  <Table.Td>
                    <Age at={label.setAt} />
                  </Table.Td>
                  <Table.Td c="dimmed" className="foreign">
                    {counted !== undefined &&
                      counted[label.key] !== label.value &&
                      `does not count: ${label.key}=${counted[label.key]} stands above it`}
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
