import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import { addressOf } from '../device/model.ts';

/** Placement lists machines that are not bought yet under this client, which no other has. */
export const notBought = '(not yet bought)';

/** A device and its client, with the way there. */
export function DeviceName({ clientId, deviceId }: { clientId: string; deviceId: string }) {
  return (
    <div className="foreign">
      {clientId === notBought ? (
        <bdi>{deviceId}</bdi>
      ) : (
        <Anchor component={Link} to={addressOf(clientId, deviceId)} size="sm">
          <bdi>{deviceId}</bdi>
        </Anchor>
      )}
      <Text size="xs" c="dimmed">
        {clientId === notBought ? (
          'not bought yet'
        ) : (
          <>
            client{' '}
            <Anchor
              component={Link}
              to={`/clients/${clientId}`}
              size="xs"
              className="mono whole"
              title={clientId}
            >
              {clientId.slice(0, 8)}
            </Anchor>
          </>
        )}
      </Text>
    </div>
  );
}
