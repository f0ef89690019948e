import { Alert, Anchor, List, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { answerOf, api } from '../api/client.ts';
import type { Got } from '../api/types.ts';
import { Age } from '../parts/age.tsx';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { DeviceCaActions } from '../parts/device-ca-actions.tsx';
import { certificatesIn } from '../parts/file-text.ts';
import { Labels } from '../parts/labels.tsx';
import { PagedTable } from '../parts/paged-table.tsx';
import { PickFile } from '../parts/pick-file.tsx';
import { Problem } from '../parts/problem.tsx';
import { SettingsPage } from '../parts/settings-page.tsx';

type Group = Got<'/operator/v1/device-authorities'>['items'][number];
type RuleSet = Got<'/operator/v1/rules'>;

const policies = [
  { value: 'none', label: 'none: revocation is not looked at' },
  { value: 'warn', label: 'warn: without a list that counts, it is told' },
  { value: 'fail-closed', label: 'fail-closed: without a list that counts, nobody gets in' },
];

function AddGroup() {
  const [name, setName] = useState('');
  const [certificates, setCertificates] = useState('');
  const [policy, setPolicy] = useState<Group['crlPolicy'] | null>(null);
  const [crlUrl, setCrlUrl] = useState('');
  const [note, setNote] = useState('');
  // As the API has it: who names a list wants it to count.
  const crlPolicy = policy ?? (crlUrl.trim() === '' ? 'none' : 'fail-closed');
  return (
    <ConfirmButton
      label="Add a device CA"
      needs="admin"
      act={() =>
        answerOf(
          api.POST('/operator/v1/device-authorities', {
            body: {
              name,
              certificates,
              crlPolicy,
              ...(crlUrl.trim() === '' ? {} : { crlUrl: crlUrl.trim() }),
              ...(note.trim() === '' ? {} : { note: note.trim() }),
            },
          }),
        )
      }
      onDone={() => {
        setName('');
        setCertificates('');
      }}
    >
      <Stack gap="xs">
        <Text size="sm">
          Devices with a certificate of these CAs are known from then on; an admission rule says what becomes
          of them.
        </Text>
        <TextInput label="Name" required value={name} onChange={(e) => setName(e.currentTarget.value)} />
        <Textarea
          label="Certificates"
          description="PEM: root and intermediate CAs; or a file"
          required
          autosize
          minRows={4}
          maxRows={10}
          classNames={{ input: 'mono' }}
          spellCheck={false}
          value={certificates}
          onChange={(e) => setCertificates(e.currentTarget.value)}
        />
        <PickFile
          label="Choose a file"
          accept=".pem,.crt,.cer,.der"
          maxBytes={98_304}
          onPick={async (file) => setCertificates(await certificatesIn(file))}
        />
        <Select
          label="Revocation"
          data={policies}
          value={crlPolicy}
          allowDeselect={false}
          onChange={(value) => setPolicy(value as Group['crlPolicy'])}
        />
        <TextInput
          label="Revocation list at"
          description="http or https; fetched every quarter of an hour; empty: lists are uploaded"
          value={crlUrl}
          onChange={(e) => setCrlUrl(e.currentTarget.value)}
        />
        <TextInput label="Note" value={note} onChange={(e) => setNote(e.currentTarget.value)} />
      </Stack>
    </ConfirmButton>
  );
}

/** What becomes of the devices of a group, in the order in which rules decide. */
function RulesFor({ name, rules }: { name: string; rules: RuleSet }) {
  const mine = rules.rules.filter((rule) => rule.match.authority === name);
  if (mine.length === 0)
    return (
      <Text size="sm">
        <Anchor component={Link} to="/settings/rules" size="sm">
          No rule names it
        </Anchor>
        : what no rule decides is {rules.otherwise}.
      </Text>
    );
  return (
    <List size="sm" listStyleType="none">
      {mine.map((rule) => (
        <List.Item key={rule.name}>
          {rule.name}: {rule.action}
          <Labels of={(rule['labels'] ?? {}) as Record<string, string>} />
        </List.Item>
      ))}
    </List>
  );
}

/** The group, and what stands before it. */
function Name({ of: g }: { of: Group }) {
  return (
    <Stack gap={2}>
      <Text size="sm" fw={600}>
        {g.name}
      </Text>
      {g.note !== null && <Text size="xs">{g.note}</Text>}
      {g.shadowedBy.length > 0 && (
        <Alert color="orange" p="xs" title={`Shadowed by ${g.shadowedBy.join(', ')}`}>
          <Text size="xs">
            It has one of these roots, too, and comes first: what leads to that root is judged by the rules
            for it, never by those for {g.name}. Give {g.shadowedBy[0]} a second rule, or remove one of the
            two.
          </Text>
        </Alert>
      )}
    </Stack>
  );
}

function Certificates({ of }: { of: Group['anchors'] }) {
  return (
    <List size="sm" listStyleType="none">
      {of.map((c) => (
        <List.Item key={c.fingerprint} title={c.fingerprint}>
          {c.subject}, until <Age at={c.notAfter} />
        </List.Item>
      ))}
    </List>
  );
}

function Revocation({ of: g }: { of: Group }) {
  return (
    <Stack gap={2}>
      <Text size="sm">{g.crlPolicy}</Text>
      {g.crlUrl !== null && (
        <Text size="xs" className="mono">
          {g.crlUrl}
        </Text>
      )}
      {g.crls.map((list) => (
        <Text key={list.issuer} size="xs">
          {list.entries} revoked, next list <Age at={list.nextUpdate} never="not promised" />
        </Text>
      ))}
    </Stack>
  );
}

function Groups({ rules }: { rules: RuleSet | undefined }) {
  return (
    <PagedTable
      about={['device-authorities']}
      label="Device CAs"
      read={(at) => answerOf(api.GET('/operator/v1/device-authorities', { params: { query: at } }))}
      idOf={(g) => g.name}
      none="There is no device CA: no device is known by its maker."
      columns={[
        { name: 'Name', cell: (g) => <Name of={g} /> },
        { name: 'Roots', cell: (g) => <Certificates of={g.anchors} /> },
        { name: 'Intermediates', cell: (g) => <Certificates of={g.intermediates} /> },
        {
          name: 'Rules',
          cell: (g) => rules !== undefined && <RulesFor name={g.name} rules={rules} />,
        },
        { name: 'Revocation', cell: (g) => <Revocation of={g} /> },
        {
          name: 'Added',
          cell: (g) => (
            <>
              <Age at={g.createdAt} /> by {g.createdBy}
            </>
          ),
        },
        { name: 'Do', cell: (g) => <DeviceCaActions name={g.name} /> },
      ]}
    />
  );
}

/** Certificate authorities of devices. */
export function DeviceCas() {
  const { data, error } = useQuery({
    queryKey: ['rules'],
    queryFn: () => answerOf(api.GET('/operator/v1/rules')),
  });
  return (
    <SettingsPage
      tab="device-cas"
      about="Certificate authorities whose devices are known, asked in this order, and what rules make of them"
      twin="/device-authorities"
    >
      <Stack>
        <div>
          <AddGroup />
        </div>
        {error !== null && <Problem of={error} />}
        <Groups rules={data} />
      </Stack>
    </SettingsPage>
  );
}
