import { Anchor, Card, SimpleGrid, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { answerOf, api } from '../api/client.ts';
import { Age } from '../parts/age.tsx';
import { BlockedClients } from '../parts/alarms.tsx';
import { Decide } from '../parts/decide.tsx';
import { DriftAlerts } from '../parts/device/drift-alerts.tsx';
import { Page } from '../parts/page.tsx';
import { PagedTable } from '../parts/paged-table.tsx';
import { Problem } from '../parts/problem.tsx';
import { Section } from '../parts/section.tsx';
import { Words } from '../parts/words.tsx';

function Count(o: { label: string; of: number | string | undefined; to?: string; isAlarm?: boolean }) {
  const isAlarm = o.isAlarm === true && o.of !== 0 && o.of !== undefined;
  const content = (
    <Card withBorder padding="sm">
      <Text size="xs" c="dimmed">
        {o.label}
      </Text>
      <Text size="xl" fw={600} {...(isAlarm ? { c: 'orange' } : {})}>
        {o.of ?? '…'}
      </Text>
    </Card>
  );
  return o.to === undefined ? (
    content
  ) : (
    <Link to={o.to} style={{ color: 'inherit', textDecoration: 'none' }}>
      {content}
    </Link>
  );
}

/** What there is, what waits, what is wrong, and what has happened. */
export function Overview() {
  const summary = useQuery({
    queryKey: ['summary'],
    queryFn: () => answerOf(api.GET('/operator/v1/summary')),
  });
  const devices = useQuery({
    queryKey: ['device-count'],
    queryFn: () => answerOf(api.GET('/operator/v1/device-facets')),
  });
  const alerts = useQuery({
    queryKey: ['drift-alerts', 'some'],
    queryFn: () => answerOf(api.GET('/operator/v1/drift-alerts', { params: { query: { limit: 100 } } })),
  });
  const { clients, enrollments } = summary.data ?? {};
  const alertCount = alerts.data?.items.length;
  return (
    <Page title="Overview" twin="/summary">
      {summary.isError && <Problem of={summary.error} />}
      <SimpleGrid cols={{ base: 2, sm: 3, md: 6 }} spacing="sm">
        <Count label="Requests that wait" of={enrollments?.pending} to="/enrollments?state=pending" isAlarm />
        <Count label="Clients, active" of={clients?.active} to="/clients?state=active" />
        <Count label="Clients, blocked" of={clients?.blocked} to="/clients?state=blocked" isAlarm />
        <Count label="Clients, retired" of={clients?.retired} to="/clients?state=retired" />
        <Count label="Devices" of={devices.data?.devices} to="/devices" />
        <Count
          label="Alarms of drift"
          of={alerts.data?.nextCursor == null ? alertCount : `${alertCount}+`}
          to="/drift-alerts"
          isAlarm
        />
      </SimpleGrid>
      <Section title="What waits for a decision">
        <PagedTable
          about={['enrollments', 'waiting']}
          label="Requests that wait"
          read={(at) =>
            answerOf(
              api.GET('/operator/v1/enrollments', {
                params: { query: { ...at, limit: 5, state: 'pending' } },
              }),
            )
          }
          idOf={(e) => e.enrollmentId}
          none="Nothing waits."
          columns={[
            {
              name: 'Certificate',
              cell: (e) => (
                <Anchor component={Link} to={`/enrollments/${e.enrollmentId}`} size="sm">
                  {e.subject}
                </Anchor>
              ),
            },
            { name: 'Words', cell: (e) => <Words of={e.words} /> },
            { name: 'Since', cell: (e) => <Age at={e.firstSeenAt} /> },
            { name: '', cell: (e) => <Decide enrollment={e} /> },
          ]}
        />
      </Section>
      {((clients?.blocked ?? 0) > 0 || (alertCount ?? 0) > 0) && (
        <Section title="What is in alarm">
          {(clients?.blocked ?? 0) > 0 && <BlockedClients />}
          {(alertCount ?? 0) > 0 && <DriftAlerts limit={5} />}
        </Section>
      )}
      <Section title="What has happened">
        <PagedTable
          about={['audit', 'latest']}
          label="Latest entries of the audit log"
          read={(at) =>
            answerOf(api.GET('/operator/v1/audit', { params: { query: { ...at, limit: 15, sort: '-seq' } } }))
          }
          idOf={(entry) => String(entry.seq)}
          none="Nothing yet."
          columns={[
            { name: 'When', cell: (entry) => <Age at={entry.at} /> },
            { name: 'What', cell: (entry) => entry.action },
            { name: 'On', cell: (entry) => <span className="mono">{entry.subject}</span> },
            { name: 'Who', cell: (entry) => entry.actor },
          ]}
        />
      </Section>
    </Page>
  );
}
