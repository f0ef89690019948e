import { operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';
import { text } from '../clients/support.ts';

export const list = operatorCommand(
  'list',
  'who is told what happens',
  (c) => c,
  async (client, _args, o) => {
    const answer = await client.call('GET', '/webhooks');
    if (o.json === true) {
      json(answer);
      return;
    }
    const keys = ['name', 'kind', 'url', 'enabled', 'position', 'lastStatus', 'lastError'];
    table(
      ['NAME', 'KIND', 'URL', 'ENABLED', 'UP TO', 'STATUS', 'ERROR'],
      (answer['items'] as Record<string, unknown>[]).map((w) => keys.map((key) => text(w[key]))),
    );
  },
);
