import { Alert, Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { answerOf, api } from '../api/client.ts';
import { asProblem, withoutFaults } from '../api/problem.ts';
import { useHindrance, useOperator } from '../api/use-operator.ts';
import { Page } from '../parts/page.tsx';
import { DocumentEditor } from '../parts/placement/document-editor.tsx';
import { applications } from '../parts/placement/examples.ts';
import { Problem } from '../parts/problem.tsx';
import { useFilters } from '../parts/use-filters.ts';

/** Requires of devices that they be able to host an application. */
export function Require() {
  const [{ name = '', selector = '' }, set] = useFilters(['name', 'selector']);
  const [document, setDocument] = useState('');
  const navigate = useNavigate();
  const operator = useOperator();
  const hindrance = useHindrance('operator');
  const adding = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/operator/v1/requirements', {
          body: { name, application: document, ...(selector === '' ? {} : { selector }) },
        }),
      ),
    onSuccess: (made) => navigate(`/requirements/of/${made.name}`),
  });
  const all = adding.error === null ? [] : (asProblem(adding.error).body.errors ?? []);
  const placed = all.filter(({ line }) => line !== undefined);
  const shown = adding.error === null || placed.length === 0 ? adding.error : withoutFaults(adding.error);
  const example = applications[0];
  return (
    <Page
      title="Require an application"
      about="Devices must be able to host it, whether it runs there or not"
      twin={{ post: '/requirements', body: { name, application: document, selector } }}
    >
      {operator !== undefined && hindrance !== null && (
        <Alert color="yellow" title="You cannot require anything">
          {hindrance}
        </Alert>
      )}
      <DocumentEditor
        label="Application or requirements"
        value={document}
        faults={placed}
        onChange={(text) => {
          adding.reset();
          setDocument(text);
        }}
        below={
          example !== undefined && (
            <Button mt="xs" size="compact-sm" variant="default" onClick={() => setDocument(example.text)}>
              Begin with an example
            </Button>
          )
        }
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            description="letters, digits, . _ -"
            maxLength={64}
            value={name}
            onChange={(event) => set('name', event.currentTarget.value)}
          />
          <TextInput
            label="Of the devices"
            description="a selector such as site=plant7; all when it is empty"
            maxLength={4000}
            value={selector}
            onChange={(event) => set('selector', event.currentTarget.value)}
          />
          {shown !== null && <Problem of={shown} />}
          <Group>
            <Button
              size="compact-sm"
              loading={adding.isPending}
              disabled={hindrance !== null || name === '' || document.trim() === ''}
              onClick={() => adding.mutate()}
            >
              Require it
            </Button>
          </Group>
        </Stack>
      </DocumentEditor>
    </Page>
  );
}
