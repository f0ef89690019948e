import { Button, Group, Table, Text } from '@mantine/core';
import type { PlacementAnswer } from '../../api/types.ts';
import { Labels } from '../labels.tsx';
import { DeviceName, notBought } from './device-name.tsx';
import { Reserve } from './reserve.tsx';
import { whyOf } from './why-not.tsx';

const columns = [
  ['#', 36],
  ['Device', '20%'],
  ['Model', '20%'],
  ['Labels', undefined],
  ['Profile', '14%'],
  ['Unused', 80],
  ['Copies', 64],
  ['', 140],
] as const;

/** Where it can go, the best first. @param o.onWhy given what stands in the address for the device */
export function Candidates(o: {
  of: PlacementAnswer['candidates'];
  application: string;
  onWhy: (why: string) => void;
}) {
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table striped highlightOnHover layout="fixed" verticalSpacing={6} aria-label="Candidates">
        <Table.Thead>
          <Table.Tr>
            {columns.map(([name, width]) => (
              <Table.Th key={name} scope="col" w={width}>
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {o.of.map((c, i) => (
            <Table.Tr key={`${c.clientId}/${c.deviceId}`}>
              <Table.Td c="dimmed">{i + 1}</Table.Td>
              <Table.Td>
                <DeviceName clientId={c.clientId} deviceId={c.deviceId} />
              </Table.Td>
              <Table.Td className="foreign">
                <bdi>{c.vendor}</bdi> <bdi>{c.modelNumber}</bdi>
              </Table.Td>
              <Table.Td>
                <Labels of={c.labels} />
              </Table.Td>
              <Table.Td className="foreign">
                <bdi>{c.profile}</bdi>
              </Table.Td>
              <Table.Td className="whole">{c.waste} ‰</Table.Td>
              <Table.Td>{c.copies}</Table.Td>
              <Table.Td>
                {c.clientId === notBought ? (
                  <Text size="xs" c="dimmed">
                    not there yet
                  </Text>
                ) : (
                  <Group gap={4} wrap="nowrap">
                    <Button
                      size="compact-xs"
                      variant="default"
                      onClick={() => o.onWhy(whyOf(c.clientId, c.deviceId))}
                    >
                      Why
                    </Button>
                    <Reserve application={o.application} of={c} />
                  </Group>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
