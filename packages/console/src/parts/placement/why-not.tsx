import { Badge, Drawer, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';
import type { Given } from '../../api/types.ts';
import { ApiTwin } from '../api-twin.tsx';
import { Problem } from '../problem.tsx';
import { DeviceName } from './device-name.tsx';

/** `client/device`, as it stands in the address: a clientId has no slash. */
export const whyOf = (clientId: string, deviceId: string): string => `${clientId}/${deviceId}`;

interface Check {
  readonly constraint: string;
  readonly needed: string;
  readonly offered: string;
  readonly met: boolean;
  readonly lacks?: string;
}

function Mark({ isMet }: { isMet: boolean }) {
  return (
    <Text span fw={700} c={isMet ? 'teal' : 'red'} role="img" aria-label={isMet ? 'met' : 'not met'}>
      {isMet ? '✓' : '✗'}
    </Text>
  );
}

/** Needed against offered, line by line. */
export function Checks({ of, label }: { of: readonly Check[]; label: string }) {
  return (
    <Table verticalSpacing={4} aria-label={label} layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={28} scope="col" aria-label="Met" />
          <Table.Th scope="col">Constraint</Table.Th>
          <Table.Th scope="col">Needed</Table.Th>
          <Table.Th scope="col">Offered</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {of.map((check) => (
          <Table.Tr key={`${check.constraint} ${check.needed}`}>
            <Table.Td>
              <Mark isMet={check.met} />
            </Table.Td>
            <Table.Td className="foreign">{check.constraint}</Table.Td>
            <Table.Td className="foreign">{check.needed}</Table.Td>
            <Table.Td className="foreign">
              {check.offered}
              {check.lacks !== undefined && (
                <Text size="xs" c="red">
                  lacks {check.lacks}
                </Text>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Why one device can host it or cannot: each constraint of each profile. */
function Explanation({ body }: { body: Given<'/operator/v1/placement:explain'> }) {
  const { data, error } = useQuery({
    queryKey: ['explain', body],
    queryFn: () => answerOf(api.POST('/operator/v1/placement:explain', { body })),
  });
  if (error !== null) return <Problem of={error} />;
  if (data === undefined) return <Skeleton height={200} aria-label="loading" />;
  return (
    <Stack>
      {data.profiles.map(({ profile, fits, checks }) => (
        <section key={profile} aria-label={`Profile ${profile}`}>
          <Title order={3} size="sm" className="foreign" mb={4}>
            Profile <bdi>{profile}</bdi>{' '}
            <Badge size="sm" variant="light" color={fits ? 'teal' : 'red'}>
              {fits ? 'fits' : 'does not fit'}
            </Badge>
          </Title>
          <Checks of={checks} label={`Constraints of ${profile}`} />
        </section>
      ))}
    </Stack>
  );
}

/** Why, beside the answer. @param why as {@link whyOf} writes it */
export function WhyNot(o: { application: string; why: string | undefined; onClose: () => void }) {
  const slash = o.why?.indexOf('/') ?? -1;
  const body = {
    application: o.application,
    clientId: o.why?.slice(0, slash) ?? '',
    deviceId: o.why?.slice(slash + 1) ?? '',
  };
  return (
    <Drawer
      opened={slash > 0}
      onClose={o.onClose}
      position="right"
      size="lg"
      title={<Text fw={600}>Why it fits, or does not</Text>}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {slash > 0 && (
        <Stack>
          <DeviceName clientId={body.clientId} deviceId={body.deviceId} />
          <Explanation body={body} />
          <ApiTwin of={{ post: '/placement:explain', body }} />
        </Stack>
      )}
    </Drawer>
  );
}
