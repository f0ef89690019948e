import { Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { PlacementAnswer } from '../../api/types.ts';

const best = ({ candidates: [first] }: PlacementAnswer): ReactNode =>
  first === undefined ? 'none' : <bdi>{first.deviceId}</bdi>;

const rows: ReadonlyArray<readonly [string, (a: PlacementAnswer) => ReactNode]> = [
  ['Copies that fit', (a) => a.copies],
  ['Devices that fit', (a) => `${a.fitting} of ${a.devices}`],
  ['Enough', (a) => (a.enough ? 'yes' : 'no')],
  ['Best', best],
];

/** Answers side by side. */
export function Compare({ of }: { of: ReadonlyArray<readonly [name: string, answer: PlacementAnswer]> }) {
  return (
    <Table withTableBorder verticalSpacing={4} aria-label="Answers side by side" w="fit-content" miw={280}>
      <Table.Thead>
        <Table.Tr>
          <Table.Td />
          {of.map(([name]) => (
            <Table.Th key={name} scope="col">
              {name}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(([name, show]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row">
              <Text size="sm">{name}</Text>
            </Table.Th>
            {of.map(([column, answer]) => (
              <Table.Td key={column} className="foreign">
                {show(answer)}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
