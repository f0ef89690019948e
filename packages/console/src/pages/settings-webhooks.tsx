import { Badge, Group, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { answerOf, api } from '../api/client.ts';
import { useHindrance } from '../api/use-operator.ts';
import type { Got } from '../api/types.ts';
import { Age } from '../parts/age.tsx';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { PagedTable } from '../parts/paged-table.tsx';
import { SettingsPage } from '../parts/settings-page.tsx';
import { WebhookActions } from '../parts/webhook-actions.tsx';

type Webhook = Got<'/operator/v1/webhooks'>['items'][number];

const kinds = [
  { value: 'events', label: 'events: is told what happens' },
  { value: 'admission', label: 'admission: is asked who gets in' },
];

const wordsOf = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');

function AddWebhook() {
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [kind, setKind] = useState<Webhook['kind']>('events');
  const [types, setTypes] = useState('');
  const [ca, setCa] = useState('');
  return (
    <ConfirmButton
      label="Add a webhook"
      needs="admin"
      act={() =>
        answerOf(
          api.POST('/operator/v1/webhooks', {
            body: {
              name,
              url,
              kind,
              ...(wordsOf(types).length === 0 ? {} : { types: wordsOf(types) }),
              ...(ca.trim() === '' ? {} : { ca }),
            },
          }),
        )
      }
    >
      <Stack gap="xs">
        <TextInput label="Name" required value={name} onChange={(e) => setName(e.currentTarget.value)} />
        <TextInput
          label="URL"
          placeholder="https://example.com/muster"
          required
          value={url}
          onChange={(e) => setUrl(e.currentTarget.value)}
        />
        <Select
          label="Kind"
          data={kinds}
          value={kind}
          allowDeselect={false}
          onChange={(value) => setKind(value as Webhook['kind'])}
        />
        <TextInput
          label="Events"
          description="beginnings of actions, such as client. or enrollment.requested; empty for all"
          value={types}
          onChange={(e) => setTypes(e.currentTarget.value)}
        />
        <Textarea
          label="CA certificates"
          description="PEM, where the receiver's certificate is none that the system knows"
          autosize
          minRows={2}
          maxRows={6}
          value={ca}
          onChange={(e) => setCa(e.currentTarget.value)}
        />
      </Stack>
    </ConfirmButton>
  );
}

/** Whether it gets what it should, and what stands in the way. */
function Delivery({ of: w }: { of: Webhook }) {
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Badge color={w.enabled ? (w.tries > 0 ? 'orange' : 'teal') : 'gray'} variant="light">
          {w.enabled ? (w.tries > 0 ? 'retrying' : 'enabled') : 'disabled'}
        </Badge>
        <Age at={w.lastAt} never="not used yet" />
      </Group>
      {w.lastError !== null && <Text size="xs">{w.lastError}</Text>}
      {w.tries > 0 && w.nextTryAt !== null && (
        <Text size="xs">
          {w.tries} tries, next <Age at={w.nextTryAt} />
        </Text>
      )}
      {w.droppedDeadLetters > 0 && (
        <Text size="xs" c="red">
          {w.droppedDeadLetters} old dead letters are gone
        </Text>
      )}
    </Stack>
  );
}

function WebhookList() {
  return (
    <PagedTable
      about={['webhooks']}
      label="Webhooks"
      read={(at) => answerOf(api.GET('/operator/v1/webhooks', { params: { query: at } }))}
      idOf={(w) => w.name}
      none="There is no webhook: nobody is told what happens."
      columns={[
        { name: 'State', cell: (w) => <Delivery of={w} /> },
        { name: 'Name', cell: (w) => w.name },
        { name: 'Receiver', cell: (w) => <span className="mono">{w.url}</span> },
        {
          name: 'Kind',
          cell: (w) => (w.types.length === 0 ? w.kind : `${w.kind}: ${w.types.join(', ')}`),
        },
        { name: 'Up to event', cell: (w) => w.position },
        { name: 'Do', cell: (w) => <WebhookActions of={w} /> },
      ]}
    />
  );
}

/** Receivers of events, and who is asked for admission. */
export function Webhooks() {
  const hindrance = useHindrance('admin');
  return (
    <SettingsPage
      tab="webhooks"
      about="Who is told what happens, signed and in order, and who is asked who gets in"
      twin="/webhooks"
    >
      <Stack align="flex-start">
        <AddWebhook />
        <div style={{ width: '100%' }}>
          {hindrance === null ? (
            <WebhookList />
          ) : (
            <Text c="dimmed">{hindrance} The list is for admins, too.</Text>
          )}
        </div>
      </Stack>
    </SettingsPage>
  );
}
