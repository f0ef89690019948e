import { Badge, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { answerOf, api } from '../api/client.ts';
import type { Got, Query } from '../api/types.ts';
import { type Role, useHindrance } from '../api/use-operator.ts';
import { Age } from '../parts/age.tsx';
import { queryText } from '../parts/api-twin.tsx';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { ChoiceFilter, Filters } from '../parts/filters.tsx';
import { PagedTable } from '../parts/paged-table.tsx';
import { SettingsPage } from '../parts/settings-page.tsx';
import { ShownOnce } from '../parts/shown-once.tsx';
import { useFilters } from '../parts/use-filters.ts';

type Token = Got<'/operator/v1/tokens'>['items'][number];

const choices = (...values: string[]) => values.map((value) => ({ value, label: value }));
const roles = [
  { value: 'viewer', label: 'viewer: sees everything but tokens and webhooks' },
  { value: 'operator', label: 'operator: decides who gets in' },
  { value: 'admin', label: 'admin: everything' },
];

function CreateToken() {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [days, setDays] = useState<number | string>(90);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Stack align="flex-start" gap="xs">
      <ConfirmButton
        label="Create a token"
        needs="admin"
        act={async () => {
          const body = { name, role, ...(typeof days === 'number' ? { days } : {}) };
          setSecret((await answerOf(api.POST('/operator/v1/tokens', { body }))).token);
        }}
        onDone={() => setName('')}
      >
        <Stack gap="xs">
          <TextInput
            label="Name"
            description="It stands in the audit log for what is done with the token"
            required
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label="Role"
            data={roles}
            value={role}
            allowDeselect={false}
            onChange={(value) => setRole(value as Role)}
          />
          <NumberInput
            label="Days"
            description="It ends after so many days; empty for never"
            min={0}
            value={days}
            onChange={setDays}
          />
        </Stack>
      </ConfirmButton>
      {secret !== null && <ShownOnce label="token" secret={secret} onDone={() => setSecret(null)} />}
    </Stack>
  );
}

function Revoke({ of: t }: { of: Token }) {
  return (
    <ConfirmButton
      label="Revoke"
      size="compact-xs"
      needs="admin"
      isDangerous
      act={() => answerOf(api.DELETE('/operator/v1/tokens/{name}', { params: { path: { name: t.name } } }))}
    >
      <Text size="sm">
        Whoever uses {t.name} ({t.role}) is turned away from the next request on. This cannot be undone; the
        entries in the audit log stay.
      </Text>
    </ConfirmButton>
  );
}

function TokenList({ filters }: { filters: Readonly<Record<string, string | undefined>> }) {
  const asked = filters as Query<'/operator/v1/tokens'>;
  return (
    <PagedTable
      about={['tokens', filters]}
      label="Tokens"
      read={(at) => answerOf(api.GET('/operator/v1/tokens', { params: { query: { ...at, ...asked } } }))}
      idOf={(t) => t.name}
      none="There is no such token."
      columns={[
        {
          name: 'State',
          cell: (t) => (
            <Badge color={t.state === 'in-force' ? 'teal' : 'gray'} variant="light">
              {t.state}
            </Badge>
          ),
        },
        { name: 'Name', cell: (t) => t.name },
        { name: 'Role', cell: (t) => t.role },
        { name: 'Last used', cell: (t) => <Age at={t.lastUsedAt} /> },
        { name: 'Ends', cell: (t) => <Age at={t.expiresAt} /> },
        {
          name: 'Made',
          cell: (t) => (
            <>
              <Age at={t.createdAt} never="at the first start" /> by {t.createdBy}
            </>
          ),
        },
        { name: 'Do', cell: (t) => t.state === 'in-force' && <Revoke of={t} /> },
      ]}
    />
  );
}

/** Operator tokens. */
export function Tokens() {
  const [filters, set] = useFilters(['state', 'role', 'sort']);
  const hindrance = useHindrance('admin');
  return (
    <SettingsPage
      tab="tokens"
      about="Who may use the operator API, and as what. A token itself is shown when it is made, and never again."
      twin={`/tokens${queryText(filters)}`}
    >
      <Stack>
        <CreateToken />
        <Filters>
          <ChoiceFilter
            label="State"
            any="all"
            choices={choices('in-force', 'expired', 'revoked')}
            value={filters.state}
            onChange={(value) => set('state', value)}
          />
          <ChoiceFilter
            label="Role"
            any="all"
            choices={choices('viewer', 'operator', 'admin')}
            value={filters.role}
            onChange={(value) => set('role', value)}
          />
          <ChoiceFilter
            label="Order"
            any="oldest first"
            choices={[
              { value: '-createdAt', label: 'newest first' },
              { value: 'name', label: 'by name' },
              { value: '-lastUsedAt', label: 'last used first' },
              { value: 'expiresAt', label: 'ends first' },
            ]}
            value={filters.sort}
            onChange={(value) => set('sort', value)}
          />
        </Filters>
        {hindrance === null ? (
          <TokenList filters={filters} />
        ) : (
          <Text c="dimmed">{hindrance} The list is for admins, too.</Text>
        )}
      </Stack>
    </SettingsPage>
  );
}
