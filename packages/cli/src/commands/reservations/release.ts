import { operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';

export const release = operatorCommand(
  'release',
  'give reserved capacity back',
  (c) => c.argument('<reservationId>'),
  async (client, [id = ''], options) => {
    await client.call('DELETE', `/reservations/${encodeURIComponent(id)}`);
    if (options.json === true) json({ reservationId: id, released: true });
    else tick('released', id);
  },
);
