import { answerOf, api } from '../../api/client.ts';
import { Age } from '../age.tsx';
import { PagedTable } from '../paged-table.tsx';

interface Need {
  readonly deploymentType?: string;
  readonly cpu?: { readonly milliCores: number };
  readonly memory?: string;
  readonly storage?: string;
  readonly peripherals?: ReadonlyArray<{ readonly type: string }>;
}

/** What is committed of a device, in short. */
function needText(need: Need): string {
  return [
    need.cpu === undefined ? '' : `${need.cpu.milliCores / 1_000} cores`,
    need.memory === undefined ? '' : `${need.memory} memory`,
    need.storage === undefined ? '' : `${need.storage} storage`,
    ...(need.peripherals ?? []).map(({ type }) => type),
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** Capacity of one device that is committed. */
export function DeviceReservations({ clientId, deviceId }: { clientId: string; deviceId: string }) {
  return (
    <PagedTable
      about={['reservations', clientId, deviceId]}
      label="Reservations"
      read={async (at) => {
        const { items, nextCursor } = await answerOf(
          api.GET('/operator/v1/reservations', {
            // They are asked for by client: those of one device are among them.
            params: { query: { ...at, clientId, limit: 1_000 } },
          }),
        );
        return { items: items.filter((r) => r.deviceId === deviceId), nextCursor };
      }}
      idOf={(r) => r.reservationId}
      none="Nothing of it is reserved."
      columns={[
        { name: 'Application', cell: (r) => r.application },
        { name: 'Committed', cell: (r) => needText(r.requirement as Need) },
        { name: 'By', cell: (r) => r.createdBy },
        { name: 'Since', cell: (r) => <Age at={r.createdAt} /> },
        { name: 'Until', cell: (r) => <Age at={r.expiresAt} never="it is released" /> },
      ]}
    />
  );
}
