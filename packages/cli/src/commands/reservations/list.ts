import { allOf, answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';

export const list = operatorCommand(
  'list',
  'what is reserved now',
  (c) => c,
  async ({ api }, _args, options) => {
    const items = await allOf(10_000, (query) =>
      answerOf(api.GET('/operator/v1/reservations', { params: { query } })),
    );
    if (options.json === true) {
      json({ items });
      return;
    }
    table(
      ['RESERVATION', 'APPLICATION', 'DEVICE', 'UNTIL', 'BY', 'CLIENT'],
      items.map((r) => [
        r.reservationId,
        r.application,
        r.deviceId,
        r.expiresAt ?? 'its release',
        r.createdBy,
        r.clientId,
      ]),
    );
  },
);
