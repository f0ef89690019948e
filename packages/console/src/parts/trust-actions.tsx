import { Checkbox, Group, NumberInput, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { answerOf, api } from '../api/client.ts';
import { save } from '../api/download.ts';
import type { Got } from '../api/types.ts';
import { ConfirmButton } from './confirm-button.tsx';

type Trust = Got<'/operator/v1/trust'>;

/** The step that follows each stage, and what it does (docs/operations.md). */
const steps = {
  none: {
    step: 'announce',
    label: 'Announce a new root CA',
    what: 'A new root CA is made, and devices get it beside the old one with their next report. Nothing else changes: servers go on with the old one until you switch.',
  },
  announced: {
    step: 'switch',
    label: 'Switch to the new root CA',
    what: "The WFM's certificates are of the new root CA from now on. A client that has not picked it up trusts this WFM no more; it must join again with a new join string and the same key.",
  },
  switched: {
    step: 'finish',
    label: 'Finish the rotation',
    what: 'The old root CA is not served any more, and this cannot be undone. A client that was away through all of it joins again with a new join string and the same key.',
  },
} as const;

function Pack() {
  const [days, setDays] = useState<number | string>(30);
  const [newTicket, setNewTicket] = useState(false);
  return (
    <ConfirmButton
      label="Make a trust pack"
      act={async () => {
        const body = { days: Number(days), newTicket };
        const pack = await answerOf(api.POST('/operator/v1/trust/pack', { body }));
        save(
          new Blob([`${JSON.stringify(pack, null, 2)}\n`], { type: 'application/json' }),
          'trust-pack.json',
        );
      }}
    >
      <Stack gap="xs">
        <Text size="sm">
          A signed file with the addresses and root CAs of this WFM, for a device that cannot reach it yet.
          Make a new one after a rotation.
        </Text>
        <NumberInput
          label="Days"
          description="it counts for so many"
          required
          min={0.01}
          max={3_650}
          value={days}
          onChange={setDays}
        />
        <Checkbox
          label="With a ticket"
          description="One device that has the file is let in without an operator: treat it as a secret"
          checked={newTicket}
          onChange={(event) => setNewTicket(event.currentTarget.checked)}
        />
      </Stack>
    </ConfirmButton>
  );
}

function Rotate({ of: trust }: { of: Trust }) {
  const { step, label, what } = steps[trust.stage];
  const [isForced, setForced] = useState(false);
  const { count, clientIds } = trust.lacking;
  const isLate = step !== 'announce' && count > 0;
  return (
    <ConfirmButton
      label={label}
      needs="admin"
      isDangerous
      act={() =>
        answerOf(
          api.POST('/operator/v1/trust/rotate', {
            body: isLate && isForced ? { step, force: true } : { step },
          }),
        )
      }
    >
      <Stack gap="xs">
        <Text size="sm">{what}</Text>
        {isLate && (
          <>
            <Text size="sm" c="red">
              {count} active clients have not picked up the new root CA: {clientIds.join(', ')}
              {count > clientIds.length && ' and more'}. They would lose their way; wait for them.
            </Text>
            <Checkbox
              label="Leave them behind"
              checked={isForced}
              onChange={(event) => setForced(event.currentTarget.checked)}
            />
          </>
        )}
      </Stack>
    </ConfirmButton>
  );
}

/** What can be done with the root CA. */
export function TrustActions({ of: trust }: { of: Trust }) {
  return (
    <Group gap="xs">
      <Pack />
      {/* Once another stage is reached, an open question is not silently that of the next step. */}
      <Rotate key={trust.stage} of={trust} />
    </Group>
  );
}
