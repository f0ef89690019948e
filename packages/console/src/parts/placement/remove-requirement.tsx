import { Text } from '@mantine/core';
import { answerOf, api } from '../../api/client.ts';
import { ConfirmButton } from '../confirm-button.tsx';

/** Requires it no longer. */
export function RemoveRequirement({ name, onDone }: { name: string; onDone?: () => void }) {
  return (
    <ConfirmButton
      label="Remove"
      size="compact-xs"
      isDangerous
      act={() => answerOf(api.DELETE('/operator/v1/requirements/{name}', { params: { path: { name } } }))}
      {...(onDone === undefined ? {} : { onDone })}
    >
      <Text size="sm">
        {name} is required no longer, and its alerts end. Nothing is removed from devices.
      </Text>
    </ConfirmButton>
  );
}
