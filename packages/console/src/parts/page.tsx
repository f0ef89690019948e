import { Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { ApiTwin, type Twin } from './api-twin.tsx';

/**
 * A page: its title, what it is made of, and its content.
 * @param twin what it is made of
 */
export function Page(o: {
  title: string;
  about?: string;
  twin: Twin;
  actions?: ReactNode;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${o.title} · Muster`;
  }, [o.title]);
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start" gap="xs">
        <div style={{ flex: '1 1 16rem' }}>
          <Title order={1} className="foreign">
            {o.title}
          </Title>
          {o.about !== undefined && (
            <Text size="sm" c="dimmed">
              {o.about}
            </Text>
          )}
        </div>
        <Group gap="xs">
          {o.actions}
          <ApiTwin of={o.twin} />
        </Group>
      </Group>
      {o.children}
    </Stack>
  );
}
