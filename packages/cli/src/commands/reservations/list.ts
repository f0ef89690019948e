import { operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';

export const list = operatorCommand(
  'list',
  'what is reserved now',
  (c) => c,
  async (client, _args, options) => {
    const items = await client.list('/reservations', {}, 10_000);
    if (options.json === true) {
      json({ items });
      return;
    }
    table(
      ['RESERVATION', 'APPLICATION', 'DEVICE', 'UNTIL', 'BY', 'CLIENT'],
      items.map((r) =>
        ['reservationId', 'application', 'deviceId', 'expiresAt', 'createdBy', 'clientId'].map((key) =>
          r[key] === null ? 'released' : String(r[key]),
        ),
      ),
    );
  },
);
