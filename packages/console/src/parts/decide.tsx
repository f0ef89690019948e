import { Group, Stack, Text } from '@mantine/core';
import { answerOf, api } from '../api/client.ts';
import type { Enrollment } from '../api/types.ts';
import { ConfirmButton } from './confirm-button.tsx';
import { Words } from './words.tsx';

/** Approve or reject a request that waits. */
export function Decide({ enrollment: e }: { enrollment: Enrollment }) {
  const params = { path: { enrollmentId: e.enrollmentId } };
  return (
    <Group gap="xs" wrap="nowrap">
      <ConfirmButton
        label="Approve"
        act={() =>
          answerOf(api.POST('/operator/v1/enrollments/{enrollmentId}/approve', { params, body: {} }))
        }
      >
        <Stack gap="xs">
          <Text size="sm">
            Compare these words with those on the device. If they differ, somebody stands in between: reject.
          </Text>
          <Text size="lg" ta="center" p="sm" bg="var(--mantine-color-default-hover)">
            <Words of={e.words} />
          </Text>
          <Text size="sm">{e.subject} gets a clientId of its own and may report from then on.</Text>
        </Stack>
      </ConfirmButton>
      <ConfirmButton
        label="Reject"
        isDangerous
        reasonFor="The device shows it to whoever stands in front of it."
        act={(reason) =>
          answerOf(
            api.POST('/operator/v1/enrollments/{enrollmentId}/reject', {
              params,
              body: reason === '' ? {} : { reason },
            }),
          )
        }
      >
        <Text size="sm">{e.subject} is refused, and stays refused when it asks again.</Text>
      </ConfirmButton>
    </Group>
  );
}
