import { Badge, Popover, Stack, Text, UnstyledButton } from '@mantine/core';

const colors: Readonly<Record<string, string>> = {
  active: 'teal',
  approved: 'teal',
  pending: 'orange',
  blocked: 'red',
  rejected: 'red',
  retired: 'gray',
};

/** A state; why it is so is one click away. @param why sentences, the most telling one first */
export function State({ is, why }: { is: string; why: readonly string[] }) {
  return (
    <Popover position="bottom-start" withArrow shadow="md" width={340}>
      <Popover.Target>
        <UnstyledButton aria-label={`${is}: why?`}>
          <Badge color={colors[is] ?? 'blue'} variant="light" style={{ cursor: 'pointer' }}>
            {is}
          </Badge>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={4}>
          <Text size="sm" fw={600}>
            Why {is}
          </Text>
          {why.map((line) => (
            <Text key={line} size="sm" className="foreign">
              {line}
            </Text>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
