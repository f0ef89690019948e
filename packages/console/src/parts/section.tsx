import { Group, Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** A part of a page with a subject of its own. */
export function Section(o: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <Stack gap="xs" component="section" aria-label={o.title}>
      <Group gap="sm">
        <Title order={2}>{o.title}</Title>
        {o.actions}
      </Group>
      {o.children}
    </Stack>
  );
}
