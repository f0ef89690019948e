import { Anchor, List, Text } from '@mantine/core';
import { Link } from 'react-router';
import { answerOf, api } from '../../api/client.ts';
import type { Query } from '../../api/types.ts';
import { Age } from '../age.tsx';
import { PagedTable } from '../paged-table.tsx';
import { DeviceLink } from './device-link.tsx';

type Asked = Omit<Query<'/operator/v1/drift-alerts'>, 'limit' | 'cursor'>;

/**
 * Devices that no longer offer what a reservation or a requirement needs.
 * @param o.deviceId of one device alone, together with its client
 * @param o.limit how many are shown at first
 */
export function DriftAlerts(o: { asked?: Asked; deviceId?: string; limit?: number }) {
  const { asked = {}, deviceId, limit } = o;
  return (
    <PagedTable
      about={['drift-alerts', asked, deviceId, limit]}
      label="Alarms of drift"
      read={async (at) => {
        const { items, nextCursor } = await answerOf(
          api.GET('/operator/v1/drift-alerts', {
            // Alerts are kept by client: those of one device are among them.
            params: {
              query: {
                sort: '-since',
                ...asked,
                ...at,
                limit: deviceId === undefined ? (limit ?? at.limit) : 1_000,
              },
            },
          }),
        );
        return {
          items: items.filter((alert) => deviceId === undefined || alert.deviceId === deviceId),
          nextCursor,
        };
      }}
      idOf={(alert) => alert.alertId}
      none={
        deviceId === undefined
          ? 'No device has drifted from what it must offer.'
          : 'It offers all that reservations and requirements need of it.'
      }
      columns={[
        {
          name: 'Device',
          cell: (alert) => <DeviceLink clientId={alert.clientId} deviceId={alert.deviceId} />,
        },
        {
          name: 'Because of',
          cell: (alert) => (
            <>
              {alert.requirement === null ? (
                <Anchor component={Link} to={`/reservations?clientId=${alert.clientId}`} size="sm">
                  a reservation
                </Anchor>
              ) : (
                <Anchor
                  component={Link}
                  to={`/requirements/of/${encodeURIComponent(alert.requirement)}`}
                  size="sm"
                >
                  the requirement {alert.requirement}
                </Anchor>
              )}
              {alert.reservationId !== null && (
                <Text size="xs" c="dimmed" className="mono">
                  {alert.reservationId}
                </Text>
              )}
            </>
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
