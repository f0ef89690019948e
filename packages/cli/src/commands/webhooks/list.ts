import { allOf, answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';
import { text } from '../clients/support.ts';

export const list = operatorCommand(
  'list',
  'who is told what happens',
  (c) => c,
  async ({ api }, _args, o) => {
    const items = await allOf(10_000, (query) =>
      answerOf(api.GET('/operator/v1/webhooks', { params: { query } })),
    );
    if (o.json === true) {
      json({ items });
      return;
    }
    table(
      ['NAME', 'KIND', 'URL', 'ENABLED', 'UP TO', 'STATUS', 'ERROR'],
      items.map((w) => [w.name, w.kind, w.url, w.enabled, w.position, w.lastStatus, w.lastError].map(text)),
    );
  },
);
