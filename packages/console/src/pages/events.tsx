import { Badge, Button, Group, Table, Text } from '@mantine/core';
import type { EventSourceMessage } from 'eventsource-parser';
import { useState } from 'react';
import { Age } from '../parts/age.tsx';
import { AuditSubject } from '../parts/audit-subject.tsx';
import { Filters, TextFilter } from '../parts/filters.tsx';
import { Page } from '../parts/page.tsx';
import { keptEvents, useEvents } from '../parts/use-events.ts';
import { useFilters } from '../parts/use-filters.ts';
import { WholeEntry } from '../parts/whole-entry.tsx';

interface Happened {
  readonly at: string;
  readonly actor: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

function Row({ of: event }: { of: EventSourceMessage }) {
  const happened = JSON.parse(event.data) as Happened;
  const type = event.event ?? '';
  return (
    <Table.Tr>
      <Table.Td>
        <WholeEntry label={`Event ${event.id}`} of={happened} />
      </Table.Td>
      <Table.Td>
        <Age at={happened.at} />
      </Table.Td>
      <Table.Td>{type}</Table.Td>
      <Table.Td className="foreign">{happened.actor}</Table.Td>
      <Table.Td className="foreign">
        <AuditSubject of={{ ...happened, action: type }} />
      </Table.Td>
    </Table.Tr>
  );
}

/** What happens, as it happens. */
export function Events() {
  const { events, isConnected, resumed, after } = useEvents();
  const [filters, set] = useFilters(['text']);
  const [paused, setPaused] = useState<readonly EventSourceMessage[] | null>(null);
  const text = filters.text ?? '';
  const shown = (paused ?? events).filter(
    (event) => text === '' || `${event.event} ${event.data}`.includes(text),
  );
  const held = paused === null ? 0 : Number(events[0]?.id ?? 0) - Number(paused[0]?.id ?? 0);
  return (
    <Page
      title="Live events"
      about={`As they come, from when this page was opened; the last ${keptEvents} are kept. What was before is under Audit.`}
      twin="/events"
      actions={
        <Button
          size="compact-sm"
          variant={paused === null ? 'default' : 'filled'}
          aria-pressed={paused !== null}
          onClick={() => setPaused(paused === null ? events : null)}
        >
          {paused === null ? 'Pause' : 'Go on'}
        </Button>
      }
    >
      <Filters>
        <TextFilter
          label="Filter"
          hint="client.blocked, a name, an id"
          width={280}
          value={filters.text}
          onChange={(value) => set('text', value)}
        />
      </Filters>
      <Group gap="xs" role="status" aria-label="Stream">
        <Badge color={isConnected ? 'teal' : 'yellow'} variant="light">
          {isConnected ? 'connected' : 'connecting'}
        </Badge>
        {paused !== null && (
          <Text size="sm">Paused{held > 0 ? `; newer events up to number ${events[0]?.id} wait` : ''}.</Text>
        )}
        {!isConnected && <Text size="sm">It is tried again every 2 s, from the last event on.</Text>}
        {resumed > 0 && (
          <Text size="sm">
            Reconnected {resumed === 1 ? 'once' : `${resumed} times`}
            {after === undefined ? '' : `, resumed after event ${after}: none is missing`}.
          </Text>
        )}
      </Group>
      <Table.ScrollContainer minWidth={720}>
        <Table striped verticalSpacing={4} aria-label="Events">
          <Table.Thead>
            <Table.Tr>
              {['Event', 'When', 'What', 'Who', 'On what'].map((name) => (
                <Table.Th key={name} scope="col">
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((event) => (
              <Row key={event.id} of={event} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {shown.length === 0 && (
        <Text c="dimmed">{events.length === 0 ? 'Nothing has happened yet.' : 'Nothing of that kind.'}</Text>
      )}
    </Page>
  );
}
