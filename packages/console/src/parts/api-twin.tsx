import { Anchor, Button, Code, Group, Popover, Stack, Text } from '@mantine/core';
import { Copy } from './copy.tsx';

/** A path below /operator/v1 with its query; or a question that is posted, with its body once there is one. */
export type Twin = string | { readonly post: string; readonly body: object | null };

/** Of a body, in characters: the copied command has all of it. */
const shown = 10_000;

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** What a page is made of, for scripts: the call of the operator API that answers the same. */
export function ApiTwin({ of }: { of: Twin }) {
  const { method, path, body } =
    typeof of === 'string'
      ? { method: 'GET', path: of, body: null }
      : { method: 'POST', path: of.post, body: of.body };
  const data =
    body === null ? '' : ` -H 'content-type: application/json' --data ${quoted(JSON.stringify(body))}`;
  const line = `curl --cacert operator-ca.pem -H "Authorization: Bearer $MUSTER_OPERATOR_TOKEN"${data} '${location.origin}/operator/v1${path}'`;
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
            {method} /operator/v1{path}
          </Code>
          {body !== null && (
            <Code block className="foreign" mah={240} style={{ whiteSpace: 'pre-wrap', overflow: 'auto' }}>
              {JSON.stringify(body, null, 2).slice(0, shown)}
            </Code>
          )}
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
