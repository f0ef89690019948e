import { Alert, Button, FileButton, Group, Menu, Skeleton, Stack, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { answerOf, api } from '../api/client.ts';
import { ApiProblem, asProblem, withoutFaults } from '../api/problem.ts';
import type { Given } from '../api/types.ts';
import { useHindrance, useOperator } from '../api/use-operator.ts';
import { Page } from '../parts/page.tsx';
import { Answer } from '../parts/placement/answer.tsx';
import { DocumentEditor } from '../parts/placement/document-editor.tsx';
import { applications } from '../parts/placement/examples.ts';
import { Narrow } from '../parts/placement/narrow.tsx';
import { bodyOf, type Question, useQuestion } from '../parts/placement/use-question.ts';
import { WhatIf } from '../parts/placement/what-if.tsx';
import { WhyNot } from '../parts/placement/why-not.tsx';
import { Problem } from '../parts/problem.tsx';

type Body = Given<'/operator/v1/placement:query'>;

/** As the WFM takes it, in bytes. */
const longestDocument = 1_048_576;

/** What is asked; what is wrong already where nothing can be asked. */
function askedBy(question: Question): { body: Body | null; problem: ApiProblem | null } {
  const { application, machine, fields } = question;
  if (application === null) return { body: null, problem: null };
  const wrong = (field: string, message: string) => ({
    body: null,
    problem: new ApiProblem(0, { title: 'What is supposed is wrong', errors: [{ field, message }] }),
  });
  if (fields.cores !== undefined && !Number.isFinite(Number(fields.cores)))
    return wrong('cores', 'must be a number such as 2.5');
  try {
    const read: unknown = machine === null ? null : JSON.parse(machine);
    if (typeof read !== 'object' || Array.isArray(read)) return wrong('machine', 'must be an object in JSON');
    return { body: bodyOf(question, application, read), problem: null };
  } catch (error) {
    return wrong('machine', `is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The answer of now, and that of the question before it. */
function useAnswers(body: Body | null) {
  const asked = useQuery({
    queryKey: ['placement', body],
    queryFn: () => answerOf(api.POST('/operator/v1/placement:query', { body: body as Body })),
    enabled: body !== null,
    placeholderData: keepPreviousData,
    meta: { live: false },
  });
  // What if is answered beside the question itself.
  const question = JSON.stringify({ ...body, whatIf: undefined });
  type Told = { readonly question: string; readonly answer: NonNullable<typeof asked.data> };
  const [told, setTold] = useState<{ before: Told | null; now: Told | null }>({ before: null, now: null });
  const answer = asked.isPlaceholderData ? undefined : asked.data;
  useEffect(() => {
    if (answer === undefined) return;
    setTold(({ before, now }) => ({
      before: now === null || now.question === question ? before : now,
      now: { question, answer },
    }));
  }, [question, answer]);
  return { asked, before: told.before?.answer ?? null };
}

/** What the fleet can host: where, how often, and why the others cannot. */
export function Placement() {
  const question = useQuestion();
  const { application, fields, change } = question;
  const [draft, setDraft] = useState(application ?? '');
  const [tooLong, setTooLong] = useState<ApiProblem | null>(null);
  // The address may change by itself: back, or another link to this page.
  useEffect(() => setDraft(application ?? ''), [application]);
  const operator = useOperator();
  const hindrance = useHindrance('operator');
  const { body: wanted, problem } = askedBy(question);
  const body = hindrance === null ? wanted : null;
  const { asked, before } = useAnswers(body);

  const ask = (text: string): void => {
    if (hindrance !== null) return;
    const size = new Blob([text]).size;
    const isTooLong = size > longestDocument;
    setTooLong(
      isTooLong
        ? new ApiProblem(0, {
            title: 'The document is too long',
            detail: `It has ${size} bytes; at most ${longestDocument} are taken.`,
          })
        : null,
    );
    setDraft(isTooLong ? '' : text);
    if (isTooLong) return;
    if (text === application) void asked.refetch();
    else change({ application: text, why: null, lacking: null }, true);
  };

  const isChanged = draft !== (application ?? '');
  const refused = wanted === null ? problem : asked.error;
  // Faults of the document stand beside it; lines say nothing about a text that has changed since.
  const faults = (refused === null || isChanged ? [] : asProblem(refused).body.errors) ?? [];
  const placed = faults.filter(({ line }) => line !== undefined);
  const shown = refused === null || placed.length === 0 ? refused : withoutFaults(refused);
  return (
    <Page
      title="Placement"
      about="Which devices can host an application, which is best, and why the others cannot"
      twin={{ post: '/placement:query', body: wanted }}
    >
      {operator !== undefined && hindrance !== null && (
        <Alert color="yellow" title="You cannot ask">
          {hindrance}
        </Alert>
      )}
      {question.isElsewhere && (
        <Alert color="yellow" title="The text is not here">
          It was too long for an address, and stays in the tab in which it was asked. Paste it, or choose its
          file.
        </Alert>
      )}
      <DocumentEditor
        label="Application or requirements"
        value={draft}
        faults={placed}
        onChange={setDraft}
        onAsk={() => ask(draft)}
        below={
          <Group gap="xs" mt="xs">
            <Button
              size="compact-sm"
              disabled={draft.trim() === '' || hindrance !== null}
              loading={asked.isFetching}
              onClick={() => ask(draft)}
            >
              {isChanged || application === null ? 'Ask' : 'Ask again'}
            </Button>
            <FileButton accept=".yaml,.yml,.json" onChange={(file) => void file?.text().then(ask)}>
              {(props) => (
                <Button {...props} size="compact-sm" variant="default">
                  Choose a file
                </Button>
              )}
            </FileButton>
            <Menu position="bottom-start">
              <Menu.Target>
                <Button size="compact-sm" variant="default">
                  Try an example
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {applications.map(({ name, text }) => (
                  <Menu.Item key={name} onClick={() => ask(text)}>
                    {name}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
            {isChanged && application !== null && (
              <Text size="sm" c="dimmed" role="status">
                Changed since it was asked.
              </Text>
            )}
          </Group>
        }
      >
        <WhatIf question={question} />
      </DocumentEditor>
      <Narrow question={question} />
      {tooLong !== null && <Problem of={tooLong} />}
      {shown !== null && <Problem of={shown} />}
      {application === null && !question.isElsewhere && (
        <Text c="dimmed">Nothing has been asked. Paste a document, choose its file, or try an example.</Text>
      )}
      {body !== null && asked.isPending && <Skeleton height={160} aria-label="loading" />}
      {body !== null && asked.data !== undefined && asked.error === null && application !== null && (
        <Stack opacity={asked.isPlaceholderData ? 0.5 : 1}>
          <Answer of={asked.data} before={before} question={question} application={application} />
        </Stack>
      )}
      {body !== null && application !== null && (
        <WhyNot application={application} why={fields.why} onClose={() => change({ why: null })} />
      )}
    </Page>
  );
}
