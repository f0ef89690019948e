import { Anchor, List } from '@mantine/core';
import { Link } from 'react-router';
import { answerOf, api } from '../api/client.ts';
import { Age } from './age.tsx';
import { PagedTable } from './paged-table.tsx';
import { State } from './state.tsx';
import { whyOfClient } from './why.ts';

/** Clients that are shut out: by an operator, by a revoked certificate, or because their key seems to be in two places. */
export function BlockedClients() {
  return (
    <PagedTable
      about={['clients', 'blocked']}
      label="Blocked clients"
      read={(at) =>
        answerOf(
          api.GET('/operator/v1/clients', {
            params: { query: { ...at, limit: 5, state: 'blocked', sort: '-lastSeenAt' } },
          }),
        )
      }
      idOf={(c) => c.clientId}
      none="No client is blocked."
      columns={[
        { name: 'State', cell: (c) => <State is={c.state} why={whyOfClient(c)} /> },
        {
          name: 'Client',
          cell: (c) => (
            <Anchor component={Link} to={`/clients/${c.clientId}`} size="sm">
              {c.subject}
            </Anchor>
          ),
        },
        { name: 'Why', cell: (c) => c.blockedReason },
        { name: 'Seen', cell: (c) => <Age at={c.lastSeenAt} /> },
      ]}
    />
  );
}

/** Devices that no longer offer what a reservation or a requirement needs. */
export function DriftAlerts() {
  return (
    <PagedTable
      about={['drift-alerts']}
      label="Alarms of drift"
      read={(at) =>
        answerOf(
          api.GET('/operator/v1/drift-alerts', { params: { query: { ...at, limit: 5, sort: '-since' } } }),
        )
      }
      idOf={(alert) => alert.alertId}
      none="No device has drifted from what it must offer."
      columns={[
        {
          name: 'Device',
          cell: (alert) => (
            <Anchor component={Link} to={`/clients/${alert.clientId}`} size="sm">
              {alert.deviceId}
            </Anchor>
          ),
        },
        { name: 'Application', cell: (alert) => alert.application },
        {
          name: 'Lost',
          cell: (alert) => (
            <List size="sm">
              {alert.lost.map((line) => (
                <List.Item key={line}>{line}</List.Item>
              ))}
            </List>
          ),
        },
        { name: 'Since', cell: (alert) => <Age at={alert.since} /> },
      ]}
    />
  );
}
