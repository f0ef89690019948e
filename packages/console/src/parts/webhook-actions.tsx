import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { answerOf, api } from '../api/client.ts';
import type { Got } from '../api/types.ts';
import { Age } from './age.tsx';
import { ConfirmButton } from './confirm-button.tsx';
import { PagedTable } from './paged-table.tsx';
import { Problem } from './problem.tsx';

type Webhook = Got<'/operator/v1/webhooks'>['items'][number];

function DeadLetters({ name }: { name: string }) {
  const params = { path: { name } };
  return (
    <Stack gap="xs">
      <PagedTable
        about={['dead-letters', name]}
        label={`Dead letters of ${name}`}
        read={(at) =>
          answerOf(
            api.GET('/operator/v1/webhooks/{name}/dead-letters', {
              params: { ...params, query: { ...at, sort: '-seq' } },
            }),
          )
        }
        idOf={(letter) => String(letter.seq)}
        none="There are none: it has taken everything."
        columns={[
          { name: 'Event', cell: (letter) => letter.seq },
          { name: 'Given up', cell: (letter) => <Age at={letter.diedAt} /> },
          { name: 'Tries', cell: (letter) => letter.tries },
          {
            name: 'Why',
            cell: (letter) => letter.lastError ?? `status ${letter.lastStatus ?? 'unknown'}`,
          },
          { name: 'Again', cell: (letter) => (letter.queued ? 'queued' : 'no') },
        ]}
      />
      <ConfirmButton
        label="Retry all"
        needs="admin"
        act={() => answerOf(api.POST('/operator/v1/webhooks/{name}/retry', { params, body: {} }))}
      >
        <Text size="sm">Every dead letter of {name} is sent once more, in the order of the events.</Text>
      </ConfirmButton>
    </Stack>
  );
}

/** What was sent as a test, and what came of it. */
function Test({ name }: { name: string }) {
  const testing = useMutation({
    mutationFn: () => answerOf(api.POST('/operator/v1/webhooks/{name}/test', { params: { path: { name } } })),
  });
  const got = testing.data;
  return (
    <Stack gap="xs" align="flex-start">
      <Button size="compact-sm" loading={testing.isPending} onClick={() => testing.mutate()}>
        Send a test
      </Button>
      {testing.isError && <Problem of={testing.error} />}
      {got !== undefined && (
        <Alert
          role="status"
          color={got.isTaken ? 'teal' : 'red'}
          title={got.isTaken ? 'The receiver has taken it' : 'The receiver has not taken it'}
        >
          {got.error ?? `Status ${got.status}`}, after {got.milliseconds} ms.
          {got.decision !== null && ` It decides: ${got.decision}.`}
        </Alert>
      )}
    </Stack>
  );
}

/** A test and the dead letters, one click away. */
function Look({ name }: { name: string }) {
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={open}>
        Test and dead letters
      </Button>
      <Modal opened={isOpen} onClose={close} title={`Webhook ${name}`} size="xl">
        <Stack>
          <Test name={name} />
          <DeadLetters name={name} />
        </Stack>
      </Modal>
    </>
  );
}

/** What can be done with a webhook. */
export function WebhookActions({ of: { name, enabled, kind } }: { of: Webhook }) {
  const params = { path: { name } };
  const asksAdmission = kind === 'admission';
  return (
    <Group gap="xs">
      <Look name={name} />
      {enabled ? (
        <ConfirmButton
          label="Disable"
          size="compact-xs"
          needs="admin"
          act={() => answerOf(api.POST('/operator/v1/webhooks/{name}/disable', { params }))}
        >
          <Text size="sm">
            {asksAdmission
              ? `${name} is asked no more who gets in.`
              : `Nothing is sent to ${name} until it is enabled.`}
          </Text>
        </ConfirmButton>
      ) : (
        <ConfirmButton
          label="Enable"
          size="compact-xs"
          needs="admin"
          act={() => answerOf(api.POST('/operator/v1/webhooks/{name}/enable', { params }))}
        >
          <Text size="sm">
            {asksAdmission ? `${name} is asked who gets in.` : `Events are sent to ${name} again.`}
          </Text>
        </ConfirmButton>
      )}
      <ConfirmButton
        label="Remove"
        size="compact-xs"
        needs="admin"
        isDangerous
        act={() => answerOf(api.DELETE('/operator/v1/webhooks/{name}', { params }))}
      >
        <Text size="sm">{name} and its dead letters are removed. This cannot be undone.</Text>
      </ConfirmButton>
    </Group>
  );
}
