import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import { addressOf } from './model.ts';

/** A device by its id. */
export function DeviceLink({ clientId, deviceId }: { clientId: string; deviceId: string }) {
  return (
    <Anchor
      component={Link}
      to={addressOf(clientId, deviceId)}
      size="sm"
      className="foreign"
      display="inline-block"
      miw={80}
    >
      {deviceId}
    </Anchor>
  );
}

/** A client by the beginning of its id. */
export function ClientLink({ clientId }: { clientId: string }) {
  return (
    <Anchor
      component={Link}
      to={`/clients/${clientId}`}
      size="sm"
      className="mono whole"
      title={clientId}
      aria-label={`client ${clientId}`}
    >
      {clientId.slice(0, 8)}
    </Anchor>
  );
}
