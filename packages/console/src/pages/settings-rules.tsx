import { Alert, Group, List, Skeleton, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import type { Got } from '../api/types.ts';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { Problem } from '../parts/problem.tsx';
import { RoleButton } from '../parts/role-button.tsx';
import { SettingsPage } from '../parts/settings-page.tsx';

type RuleSet = Got<'/operator/v1/rules'>;
type Rules = Array<Record<string, never>>;

interface Difference {
  readonly event: string;
  readonly enrollmentId: string;
  readonly subject: string;
  readonly before: { readonly verdict: string };
  readonly after: { readonly verdict: string; readonly reason: string };
}
interface Summary {
  readonly requests: number;
  readonly differences: number;
  readonly skipped: number;
}

/** Rules out of what was typed. @throws ApiProblem with what the browser says of what is no JSON: some name the place, some only what stands there */
function rulesOf(text: string): Rules {
  try {
    return JSON.parse(text) as Rules;
  } catch (thrown) {
    throw new ApiProblem(0, {
      title: 'This is no JSON',
      detail: `${(thrown as Error).message}. Write a list of rules: [{"name": …, "action": …}].`,
    });
  }
}

async function rehearsed(
  text: string,
): Promise<{ text: string; summary: Summary; differences: Difference[] }> {
  const answer = await answerOf(
    api.POST('/operator/v1/rules/rehearse', { body: { rules: rulesOf(text) }, parseAs: 'text' }),
  );
  const lines = String(answer)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Difference);
  return {
    text,
    summary: lines.at(-1) as unknown as Summary,
    differences: lines.filter(({ event }) => event === 'difference'),
  };
}

function Editor({ of: current }: { of: RuleSet }) {
  const [text, setText] = useState(JSON.stringify(current.rules, null, 2));
  const [comment, setComment] = useState('');
  const rehearsing = useMutation({ mutationFn: rehearsed });
  const got = rehearsing.data?.text === text ? rehearsing.data : undefined;
  return (
    <Stack gap="xs">
      <Textarea
        label="Rules"
        description="JSON; the first one that matches decides"
        autosize
        minRows={8}
        maxRows={28}
        classNames={{ input: 'mono' }}
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group gap="xs">
        <RoleButton
          needs="operator"
          size="compact-sm"
          loading={rehearsing.isPending}
          onClick={() => rehearsing.mutate(text)}
        >
          Rehearse
        </RoleButton>
        {got !== undefined && (
          <ConfirmButton
            label="Put into force"
            needs="admin"
            act={() =>
              answerOf(
                api.PUT('/operator/v1/rules', {
                  body: { version: current.version, comment, rules: rulesOf(text) },
                }),
              )
            }
          >
            <Stack gap="xs">
              <Text size="sm">
                These rules decide from the next request on. Of {got.summary.requests} requests on record they
                would have decided {got.summary.differences} differently. Who was let in stays.
              </Text>
              <TextInput
                label="Comment"
                description="why, for the audit log"
                value={comment}
                onChange={(event) => setComment(event.currentTarget.value)}
              />
            </Stack>
          </ConfirmButton>
        )}
        {got === undefined && (
          <Text size="sm" c="dimmed">
            Rules are rehearsed with the requests on record before they are put into force.
          </Text>
        )}
      </Group>
      {rehearsing.isError && <Problem of={rehearsing.error} />}
      {got !== undefined && (
        <Alert
          role="status"
          color={got.differences.length === 0 ? 'teal' : 'orange'}
          title={`${got.summary.differences} of ${got.summary.requests} requests would be decided differently`}
        >
          {got.summary.skipped > 0 && <Text size="sm">{got.summary.skipped} could not be judged.</Text>}
          <List size="sm">
            {got.differences.slice(0, 100).map((d) => (
              <List.Item key={d.enrollmentId} className="foreign">
                {d.subject}: {d.before.verdict} → {d.after.verdict}; {d.after.reason}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
    </Stack>
  );
}

/** The admission rules. */
export function AdmissionRules() {
  const { data, error } = useQuery({
    queryKey: ['rules'],
    queryFn: () => answerOf(api.GET('/operator/v1/rules')),
  });
  return (
    <SettingsPage
      tab="rules"
      about="Who is let in, held or denied without an operator; rehearsed before they are put into force"
      twin="/rules"
    >
      {error !== null && <Problem of={error} />}
      {data === undefined ? (
        error === null && <Skeleton height={200} />
      ) : (
        <Stack>
          <Text size="sm" className="foreign">
            {data.createdBy === ''
              ? 'No rules were put into force yet. '
              : `Version ${data.version}, by ${data.createdBy}${data.comment === '' ? '' : `: ${data.comment}`}. `}
            What no rule decides: {data.otherwise}.
          </Text>
          <Editor key={data.version} of={data} />
        </Stack>
      )}
    </SettingsPage>
  );
}
