import { Alert, Badge, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { answerOf, api } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import type { Got, Query } from '../api/types.ts';
import { Age } from '../parts/age.tsx';
import { queryText } from '../parts/api-twin.tsx';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { ChoiceFilter, Filters, TextFilter } from '../parts/filters.tsx';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { PagedTable } from '../parts/paged-table.tsx';
import { PickFile } from '../parts/pick-file.tsx';
import { itemsOf } from '../parts/preauthorization-items.ts';
import { SettingsPage } from '../parts/settings-page.tsx';
import { useFilters } from '../parts/use-filters.ts';

type Preauthorization = Got<'/operator/v1/preauthorizations'>['items'][number];

const choices = (...values: string[]) => values.map((value) => ({ value, label: value }));
const kinds = [
  { value: 'certificate', label: 'of certificates' },
  { value: 'key', label: 'of keys' },
];
const orders = [
  { value: '-createdAt', label: 'newest first' },
  { value: 'createdAt', label: 'oldest first' },
];

function Add() {
  const [text, setText] = useState('');
  const [kind, setKind] = useState<Preauthorization['kind']>('certificate');
  const [note, setNote] = useState('');
  const [done, setDone] = useState<string | null>(null);
  return (
    <Stack align="flex-start" gap="xs">
      <ConfirmButton
        label="Pre-authorise"
        act={async () => {
          const items = itemsOf({ text, kind, note: note.trim() });
          if (items.length > 20_000)
            throw new ApiProblem(0, {
              title: 'The list is too long',
              detail: `It has ${items.length} entries, up to 20000 are taken at once. Add it in parts: muster preauthorize FILE --in-parts.`,
            });
          const got = await answerOf(api.POST('/operator/v1/preauthorizations', { body: { items } }));
          setDone(`${got.added} added, ${got.existing} were there already.`);
        }}
        onDone={() => setText('')}
      >
        <Stack gap="xs">
          <Text size="sm">
            Whoever comes with one of these certificates or keys is let in without an operator. One that is
            wrong, and nothing is added.
          </Text>
          <Textarea
            label="Certificates and fingerprints"
            description="PEM, or SHA-256 in hex, one a line; or a file"
            required
            autosize
            minRows={4}
            maxRows={10}
            classNames={{ input: 'mono' }}
            spellCheck={false}
            value={text}
            onChange={(e) => setText(e.currentTarget.value)}
          />
          <PickFile
            label="Choose a file"
            accept=".pem,.crt,.cer,.txt"
            maxBytes={2 * 1024 * 1024}
            onPick={async (file) => setText(await file.text())}
          />
          <Select
            label="Fingerprints are"
            data={kinds}
            value={kind}
            allowDeselect={false}
            onChange={(value) => setKind(value as Preauthorization['kind'])}
          />
          <TextInput
            label="Note"
            description="empty: the subject of the certificate"
            maxLength={500}
            value={note}
            onChange={(e) => setNote(e.currentTarget.value)}
          />
        </Stack>
      </ConfirmButton>
      {done !== null && (
        <Alert role="status" p="xs" color="teal" withCloseButton onClose={() => setDone(null)}>
          {done}
        </Alert>
      )}
    </Stack>
  );
}

function Remove({ of: p }: { of: Preauthorization }) {
  return (
    <ConfirmButton
      label="Remove"
      size="compact-xs"
      isDangerous
      act={() =>
        answerOf(
          api.DELETE('/operator/v1/preauthorizations/{fingerprint}', {
            params: { path: { fingerprint: p.fingerprint } },
          }),
        )
      }
    >
      <Text size="sm">
        {p.usedAt === null
          ? 'Whoever comes with it is let in by it no more.'
          : 'It has let a client in: that one stays. It lets nobody in any more.'}
      </Text>
    </ConfirmButton>
  );
}

function List({ filters }: { filters: Readonly<Record<string, string | undefined>> }) {
  const asked = filters as Query<'/operator/v1/preauthorizations'>;
  return (
    <PagedTable
      about={['preauthorizations', filters]}
      label="Pre-authorisations"
      read={(at) =>
        answerOf(api.GET('/operator/v1/preauthorizations', { params: { query: { ...at, ...asked } } }))
      }
      idOf={(p) => p.fingerprint}
      none="There is no such pre-authorisation."
      columns={[
        {
          name: 'State',
          cell: (p) => (
            <Badge color={p.usedAt === null ? 'teal' : 'gray'} variant="light">
              {p.usedAt === null ? 'unused' : 'used'}
            </Badge>
          ),
        },
        { name: 'Kind', cell: (p) => p.kind },
        { name: 'Fingerprint', cell: (p) => <Fingerprint of={p.fingerprint} /> },
        { name: 'Note', cell: (p) => p.note },
        {
          name: 'Added',
          cell: (p) => (
            <>
              <Age at={p.createdAt} /> by {p.createdBy}
            </>
          ),
        },
        { name: 'Used', cell: (p) => <Age at={p.usedAt} /> },
        { name: 'Do', cell: (p) => <Remove of={p} /> },
      ]}
    />
  );
}

/** What is let in when it comes. */
export function Preauthorizations() {
  const [filters, set] = useFilters(['state', 'kind', 'fingerprint', 'sort']);
  return (
    <SettingsPage
      tab="preauthorizations"
      about="Certificates and keys that are let in when they come, without an operator"
      twin={`/preauthorizations${queryText(filters)}`}
    >
      <Stack>
        <Add />
        <Filters>
          <ChoiceFilter
            label="State"
            any="all"
            choices={choices('unused', 'used')}
            value={filters.state}
            onChange={(value) => set('state', value)}
          />
          <ChoiceFilter
            label="Kind"
            any="all"
            choices={choices('certificate', 'key')}
            value={filters.kind}
            onChange={(value) => set('kind', value)}
          />
          <TextFilter
            label="Fingerprint"
            hint="its beginning"
            value={filters.fingerprint}
            onChange={(value) => set('fingerprint', value)}
          />
          <ChoiceFilter
            label="Order"
            any="by fingerprint"
            choices={orders}
            value={filters.sort}
            onChange={(value) => set('sort', value)}
          />
        </Filters>
        <List filters={filters} />
      </Stack>
    </SettingsPage>
  );
}
