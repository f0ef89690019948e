import { Option } from 'commander';
import { allOf, answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';

export const list = operatorCommand<Common & { state?: 'open' | 'used' | 'expired' }>(
  'list',
  'tickets that were issued, and what became of them',
  (c) => c.addOption(new Option('--state <state>', 'only these').choices(['open', 'used', 'expired'])),
  async ({ api }, _args, { state, ...o }) => {
    const items = await allOf(10_000, (at) => {
      const query = { ...at, ...(state === undefined ? {} : { state }) };
      return answerOf(api.GET('/operator/v1/tickets', { params: { query } }));
    });
    if (o.json === true) {
      json({ items });
      return;
    }
    table(
      ['TICKET', 'STATE', 'USES LEFT', 'FOR', 'UNTIL', 'BY', 'NOTE'],
      items.map((t) => [
        t.ticketId,
        t.state,
        String(t.usesLeft),
        t.clientId ?? 'a new client',
        t.expiresAt,
        t.createdBy,
        t.note ?? '',
      ]),
    );
  },
);
