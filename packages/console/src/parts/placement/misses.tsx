import { Anchor, Button, Group, List, Stack, Table, Text } from '@mantine/core';
import type { PlacementAnswer } from '../../api/types.ts';
import { DeviceName, notBought } from './device-name.tsx';
import { whyOf } from './why-not.tsx';

type Miss = PlacementAnswer['nearestMisses'][number];
type NotFitting = PlacementAnswer['notFitting'][number];

/** As it stands in the address. */
const lackingOf = ({ constraint, lacks }: { constraint: string; lacks?: string }): string =>
  `${constraint}: ${lacks ?? ''}`;

/** Whether a device lacks this one thing only, by any profile. */
const lacksOnly = (one: NotFitting, lacking: string): boolean =>
  one.whyNot.some(({ unmet: [first, ...others] }) => {
    return first !== undefined && others.length === 0 && lackingOf(first) === lacking;
  });

/** How many devices lack one thing only; each leads to these devices. */
export function NearestMisses(o: { of: readonly Miss[]; onLacking: (lacking: string) => void }) {
  return (
    <List size="sm" listStyleType="none" spacing={2} aria-label="Nearest misses">
      {o.of.map((miss) => (
        <List.Item key={lackingOf(miss)} className="foreign">
          <Anchor component="button" type="button" size="sm" onClick={() => o.onLacking(lackingOf(miss))}>
            {miss.devices} {miss.devices === 1 ? 'device lacks' : 'devices lack'} only {miss.lacks}
          </Anchor>
        </List.Item>
      ))}
    </List>
  );
}

/** Devices that do not fit, those nearest first, each with what it lacks. */
export function NotFittingDevices(o: {
  of: readonly NotFitting[];
  lacking: string | undefined;
  onLacking: (lacking: null) => void;
  onWhy: (why: string) => void;
}) {
  const { lacking } = o;
  const shown = lacking === undefined ? o.of : o.of.filter((one) => lacksOnly(one, lacking));
  return (
    <Stack gap="xs">
      {lacking !== undefined && (
        <Group gap="xs">
          <Text size="sm" className="foreign">
            Only those that lack nothing but this: {lacking}
          </Text>
          <Button size="compact-xs" variant="default" onClick={() => o.onLacking(null)}>
            Show all
          </Button>
        </Group>
      )}
      <Table.ScrollContainer minWidth={560}>
        <Table striped highlightOnHover verticalSpacing={6} aria-label="Devices that do not fit">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col" w="30%">
                Device
              </Table.Th>
              <Table.Th scope="col">Lacks</Table.Th>
              <Table.Th scope="col" w={90} aria-label="More" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((one) => (
              <Table.Tr key={`${one.clientId}/${one.deviceId}`}>
                <Table.Td>
                  <DeviceName clientId={one.clientId} deviceId={one.deviceId} />
                </Table.Td>
                <Table.Td className="foreign">
                  {one.whyNot.map(({ profile, unmet }) => (
                    <div key={profile}>
                      <Text span size="xs" c="dimmed">
                        <bdi>{profile}</bdi>:{' '}
                      </Text>
                      {unmet.map((check) => check.lacks ?? check.needed).join('; ')}
                    </div>
                  ))}
                </Table.Td>
                <Table.Td>
                  {one.clientId !== notBought && (
                    <Button
                      size="compact-xs"
                      variant="default"
                      onClick={() => o.onWhy(whyOf(one.clientId, one.deviceId))}
                    >
                      Why not
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
