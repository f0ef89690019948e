import { Badge, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { answerOf, api } from '../api/client.ts';
import type { Query } from '../api/types.ts';
import { Age } from '../parts/age.tsx';
import { queryText } from '../parts/api-twin.tsx';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { ChoiceFilter, Filters } from '../parts/filters.tsx';
import { Labels } from '../parts/labels.tsx';
import { PagedTable } from '../parts/paged-table.tsx';
import { SettingsPage } from '../parts/settings-page.tsx';
import { ShownOnce } from '../parts/shown-once.tsx';
import { useFilters } from '../parts/use-filters.ts';

const states = ['open', 'used', 'expired'].map((value) => ({ value, label: value }));

function MakeTicket() {
  const [uses, setUses] = useState<number | string>(1);
  const [hours, setHours] = useState<number | string>(24);
  const [note, setNote] = useState('');
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Stack align="flex-start" gap="xs">
      <ConfirmButton
        label="Make a ticket"
        act={async () => {
          const body = {
            uses: Number(uses),
            hours: Number(hours),
            ...(note.trim() === '' ? {} : { note: note.trim() }),
          };
          setSecret((await answerOf(api.POST('/operator/v1/tickets', { body }))).ticket);
        }}
      >
        <Stack gap="xs">
          <Text size="sm">Whoever has the ticket is let in without an operator.</Text>
          <NumberInput
            label="Devices"
            description="so many may use it"
            required
            min={1}
            value={uses}
            onChange={setUses}
          />
          <NumberInput
            label="Hours"
            description="it ends after so many"
            required
            min={0}
            value={hours}
            onChange={setHours}
          />
          <TextInput label="Note" value={note} onChange={(event) => setNote(event.currentTarget.value)} />
        </Stack>
      </ConfirmButton>
      {secret !== null && <ShownOnce label="ticket" secret={secret} onDone={() => setSecret(null)} />}
    </Stack>
  );
}

/** Tickets that let devices in. */
export function Tickets() {
  const [filters, set] = useFilters(['state']);
  const asked = filters as Query<'/operator/v1/tickets'>;
  return (
    <SettingsPage
      tab="tickets"
      about="A ticket lets a device in when it joins. The ticket itself is shown when it is made, and never again."
      twin={`/tickets${queryText(filters)}`}
    >
      <Stack>
        <MakeTicket />
        <Filters>
          <ChoiceFilter
            label="State"
            any="all"
            choices={states}
            value={filters.state}
            onChange={(value) => set('state', value)}
          />
        </Filters>
        <PagedTable
          about={['tickets', filters]}
          label="Tickets"
          read={(at) =>
            answerOf(
              api.GET('/operator/v1/tickets', { params: { query: { ...at, sort: '-createdAt', ...asked } } }),
            )
          }
          idOf={(t) => t.ticketId}
          none="There is no such ticket."
          columns={[
            {
              name: 'State',
              cell: (t) => (
                <Badge color={t.state === 'open' ? 'teal' : 'gray'} variant="light">
                  {t.state}
                </Badge>
              ),
            },
            { name: 'Ticket', cell: (t) => <span className="mono">{t.ticketId}</span> },
            { name: 'Uses left', cell: (t) => t.usesLeft },
            { name: 'Ends', cell: (t) => <Age at={t.expiresAt} /> },
            { name: 'Labels', cell: (t) => <Labels of={t.labels} /> },
            { name: 'Note', cell: (t) => t.note },
            {
              name: 'Made',
              cell: (t) => (
                <>
                  <Age at={t.createdAt} /> by {t.createdBy}
                </>
              ),
            },
            {
              name: 'Do',
              cell: (t) =>
                t.state === 'open' && (
                  <ConfirmButton
                    label="Take back"
                    size="compact-xs"
                    isDangerous
                    act={() =>
                      answerOf(
                        api.DELETE('/operator/v1/tickets/{ticketId}', {
                          params: { path: { ticketId: t.ticketId } },
                        }),
                      )
                    }
                  >
                    <Text size="sm">Nobody is let in by it any more. Who was let in stays.</Text>
                  </ConfirmButton>
                ),
            },
          ]}
        />
      </Stack>
    </SettingsPage>
  );
}
