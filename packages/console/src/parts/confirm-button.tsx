import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Role } from '../api/use-operator.ts';
import { Problem } from './problem.tsx';
import { RoleButton } from './role-button.tsx';

interface Props {
  readonly label: string;
  /** What will happen, and to whom. */
  readonly children: ReactNode;
  /** @param reason empty where none was given, or none is asked for */
  readonly act: (reason: string) => Promise<unknown>;
  readonly needs?: Role;
  /** What the reason is for; without it none is asked for. */
  readonly reasonFor?: string;
  readonly isDangerous?: boolean;
  readonly size?: 'compact-sm' | 'compact-xs';
  readonly onDone?: () => void;
}

/** A button for what changes something: it says what will happen, then does it, and shows a refusal where it was asked. */
export function ConfirmButton({ needs = 'operator', size = 'compact-sm', isDangerous = false, ...o }: Props) {
  const [isOpen, { open, close }] = useDisclosure(false);
  const [reason, setReason] = useState('');
  const queries = useQueryClient();
  const acting = useMutation({
    mutationFn: () => o.act(reason.trim()),
    onSuccess: async () => {
      close();
      await queries.invalidateQueries();
      o.onDone?.();
    },
  });
  const color = isDangerous ? { color: 'red' } : {};
  return (
    <>
      <RoleButton
        needs={needs}
        size={size}
        variant={isDangerous ? 'light' : 'filled'}
        {...color}
        onClick={() => {
          acting.reset();
          setReason('');
          open();
        }}
      >
        {o.label}
      </RoleButton>
      <Modal opened={isOpen} onClose={close} title={<Text fw={600}>{o.label}</Text>} centered>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            acting.mutate();
          }}
        >
          <Stack>
            <div className="foreign">{o.children}</div>
            {o.reasonFor !== undefined && (
              <Textarea
                label="Reason"
                description={o.reasonFor}
                maxLength={500}
                autosize
                minRows={2}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
            )}
            {acting.isError && <Problem of={acting.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" {...color} loading={acting.isPending} data-autofocus>
                {o.label}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
