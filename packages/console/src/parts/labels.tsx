import { Badge, Group } from '@mantine/core';

/** Labels as they are filtered by. */
export function Labels({ of }: { of: Readonly<Record<string, string>> }) {
  return (
    <Group gap={4}>
      {Object.entries(of).map(([key, value]) => (
        <Badge key={key} variant="default" size="sm" tt="none" fw={400}>
          {key}={value}
        </Badge>
      ))}
    </Group>
  );
}
