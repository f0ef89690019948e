import { Alert, Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { answerOf, api } from '../api/client.ts';
import { save } from '../api/download.ts';
import type { Got } from '../api/types.ts';
import { Problem } from './problem.tsx';

/** The whole log, oldest first, ended by a signed checkpoint: what `muster audit verify` checks offline. */
async function exported(): Promise<string[]> {
  const lines: string[] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = {
      limit: 1_000,
      ...(cursor === null ? {} : { cursor }),
    };
    const page: Got<'/operator/v1/audit'> = await answerOf(
      api.GET('/operator/v1/audit', { params: { query } }),
    );
    for (const entry of page.items) lines.push(JSON.stringify(entry));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return lines;
}

const checkpoint = () => answerOf(api.GET('/operator/v1/audit/checkpoint'));

/** Whether the chain holds, in words. */
function Verdict({ of: v }: { of: Got<'/operator/v1/audit/verify'> }) {
  return v.ok ? (
    <Alert color="teal" role="status" title="The chain holds" variant="light">
      All {v.entries} entries are as they were written, none is missing, and the last signed checkpoint
      agrees.
    </Alert>
  ) : (
    <Alert color="red" role="alert" title={`The chain breaks at entry ${v.firstBad}`} variant="light">
      {v.reason}. Compare the log with your last export before anything else is changed.
    </Alert>
  );
}

/** What proves that the log is whole: verified here, or taken along. */
export function AuditChecks() {
  const verifying = useMutation({ mutationFn: () => answerOf(api.GET('/operator/v1/audit/verify')) });
  const saving = useMutation({
    mutationFn: async () => {
      const lines = await exported();
      const end = JSON.stringify({ checkpoint: await checkpoint() });
      save(new Blob([[...lines, end].join('\n'), '\n']), 'audit.jsonl');
      return lines.length;
    },
  });
  const stamping = useMutation({
    mutationFn: async () => save(new Blob([JSON.stringify(await checkpoint())]), 'audit-checkpoint.json'),
  });
  const failed = [verifying, saving, stamping].find(({ isError }) => isError);
  return (
    <>
      <Group gap="xs">
        <Button size="compact-sm" loading={verifying.isPending} onClick={() => verifying.mutate()}>
          Verify
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          loading={saving.isPending}
          onClick={() => saving.mutate()}
        >
          Export all
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          loading={stamping.isPending}
          onClick={() => stamping.mutate()}
        >
          Signed checkpoint
        </Button>
        <Text size="sm" c="dimmed" role="status">
          {saving.data !== undefined && `${saving.data} entries and a signed checkpoint saved as audit.jsonl`}
        </Text>
      </Group>
      {verifying.data !== undefined && <Verdict of={verifying.data} />}
      {failed !== undefined && <Problem of={failed.error} />}
    </>
  );
}
