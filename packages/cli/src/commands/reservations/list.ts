import { allOf, answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';

export const list = operatorCommand<Common & { client?: string; application?: string }>(
  'list',
  'what is reserved now',
  (c) =>
    c
      .option('--client <clientId>', 'on devices of one client')
      .option('--application <id>', 'for one application'),
  async ({ api }, _args, options) => {
    const { client: clientId, application } = options;
    const items = await allOf(10_000, (at) => {
      const query = {
        ...at,
        ...(clientId === undefined ? {} : { clientId }),
        ...(application === undefined ? {} : { application }),
      };
      return answerOf(api.GET('/operator/v1/reservations', { params: { query } }));
    });
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
