import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';

export const release = operatorCommand(
  'release',
  'give reserved capacity back',
  (c) => c.argument('<reservationId>'),
  async ({ api }, [id = ''], options) => {
    const path = { reservationId: id };
    await answerOf(api.DELETE('/operator/v1/reservations/{reservationId}', { params: { path } }));
    if (options.json === true) json({ reservationId: id, released: true });
    else tick('released', id);
  },
);
