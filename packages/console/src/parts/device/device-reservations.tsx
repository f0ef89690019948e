import { answerOf, api } from '../../api/client.ts';
import { Age } from '../age.tsx';
import { PagedTable } from '../paged-table.tsx';
import { capacityOf } from '../placement/capacity.ts';

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
        { name: 'Committed', cell: (r) => capacityOf(r.requirement).join(' · ') || 'no capacity' },
        { name: 'By', cell: (r) => r.createdBy },
        { name: 'Since', cell: (r) => <Age at={r.createdAt} /> },
        { name: 'Until', cell: (r) => <Age at={r.expiresAt} never="it is released" /> },
      ]}
    />
  );
}
