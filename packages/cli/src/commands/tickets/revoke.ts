import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';

export const revoke = operatorCommand(
  'revoke',
  'take a ticket back: it lets nobody in from now on',
  (c) => c.argument('<ticketId>', 'as muster tickets list shows it'),
  async ({ api }, [ticketId = ''], o) => {
    await answerOf(api.DELETE('/operator/v1/tickets/{ticketId}', { params: { path: { ticketId } } }));
    if (o.json === true) json({ revoked: ticketId });
    else tick('revoked', ticketId);
  },
);
