import { Anchor, Group, Skeleton, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { answerOf, api } from '../api/client.ts';
import { Age } from '../parts/age.tsx';
import { ClientActions } from '../parts/client-actions.tsx';
import { EditLabels } from '../parts/edit-labels.tsx';
import { Facts } from '../parts/facts.tsx';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { Labels } from '../parts/labels.tsx';
import { Page } from '../parts/page.tsx';
import { PagedTable } from '../parts/paged-table.tsx';
import { Problem } from '../parts/problem.tsx';
import { State } from '../parts/state.tsx';
import { whyOfClient } from '../parts/why.ts';

/** What has happened to a client, the last first. */
function History({ clientId }: { clientId: string }) {
  return (
    <>
      <Title order={2}>History</Title>
      <PagedTable
        about={['audit', clientId]}
        label="History of this client"
        read={(at) =>
          answerOf(
            api.GET('/operator/v1/audit', { params: { query: { ...at, subject: clientId, sort: '-seq' } } }),
          )
        }
        idOf={(entry) => String(entry.seq)}
        none="Nothing is in the audit log."
        columns={[
          { name: 'When', cell: (entry) => <Age at={entry.at} /> },
          { name: 'What', cell: (entry) => entry.action },
          { name: 'Who', cell: (entry) => entry.actor },
          { name: 'More', cell: (entry) => <span className="mono">{JSON.stringify(entry.detail)}</span> },
        ]}
      />
    </>
  );
}

/** One client: its state and why, its key, and what can be done with it. */
export function ClientPage() {
  const { id = '' } = useParams();
  const { data: c, error } = useQuery({
    queryKey: ['client', id],
    queryFn: () =>
      answerOf(api.GET('/operator/v1/clients/{clientId}', { params: { path: { clientId: id } } })),
  });
  const twin = `/clients/${encodeURIComponent(id)}`;
  if (c === undefined)
    return (
      <Page title="Client" twin={twin}>
        {error === null ? <Skeleton height={200} /> : <Problem of={error} />}
      </Page>
    );
  const why = whyOfClient(c);
  return (
    <Page title={c.subject} about={`Client ${c.clientId}`} twin={twin} actions={<ClientActions of={c} />}>
      {error !== null && <Problem of={error} />}
      <Facts
        of={[
          ['State', <State key="state" is={c.state} why={why} />],
          ['Why', why.map((line) => <div key={line}>{line}</div>)],
          ['Key', <Fingerprint key="key" of={c.keyFingerprint} isWhole />],
          ['Certificate', <Fingerprint key="certificate" of={c.fingerprint} isWhole />],
          ['Valid until', <Age key="until" at={c.notAfter} />],
          [
            'Key before',
            c.previousKeyUntil === null ? 'none that counts' : <Age key="before" at={c.previousKeyUntil} />,
          ],
          [
            'Request',
            <Anchor key="request" component={Link} to={`/enrollments?fingerprint=${c.keyFingerprint}`}>
              how it came in
            </Anchor>,
          ],
          [
            'Devices',
            <Group key="devices" gap="sm">
              <Anchor component={Link} to={`/devices?clientId=${c.clientId}`} size="sm">
                what they offer
              </Anchor>
              <Anchor component={Link} to={`/clients/${c.clientId}/gateways`} size="sm">
                gateways
              </Anchor>
            </Group>,
          ],
          ['Let in', <Age key="created" at={c.createdAt} />],
          ['Last seen', <Age key="seen" at={c.lastSeenAt} />],
          [
            'Labels',
            <div key="labels">
              <Labels of={c.labels} />{' '}
              <EditLabels
                labels={c.labels}
                set={(labels) =>
                  answerOf(
                    api.PUT('/operator/v1/clients/{clientId}/labels', {
                      params: { path: { clientId: c.clientId } },
                      body: { labels },
                    }),
                  )
                }
              />
            </div>,
          ],
        ]}
      />
      <History clientId={c.clientId} />
    </Page>
  );
}
