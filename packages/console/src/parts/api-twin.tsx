import { Anchor, Button, Code, Group, Popover, Stack, Text } from '@mantine/core';
import { Copy } from './copy.tsx';

/**
 * What a page is made of, for scripts: the call of the operator API that answers the same.
 * @param path below /operator/v1, with its query
 */
export function ApiTwin({ path }: { path: string }) {
  const url = `${location.origin}/operator/v1${path}`;
  const line = `curl --cacert operator-ca.pem -H "Authorization: Bearer $MUSTER_OPERATOR_TOKEN" '${url}'`;
  return (
    <Popover position="bottom-end" withArrow shadow="md" width={460}>
      <Popover.Target>
        <Button size="compact-sm" variant="default">
          API
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Text size="sm">This page is made of:</Text>
          <Code block className="foreign" style={{ whiteSpace: 'pre-wrap' }}>
            GET /operator/v1{path}
          </Code>
          <Group justify="space-between">
            <Copy text={line} label="curl command" />
            <Anchor size="sm" href="/operator/v1/openapi.json">
              description of the API
            </Anchor>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** The query of an address, from what is asked for; nothing for nothing. */
export function queryText(asked: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(asked).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}
