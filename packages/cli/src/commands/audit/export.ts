import { operatorCommand } from '../../command.ts';
import { json } from '../../ui.ts';

export const exportAll = operatorCommand(
  'export',
  'all entries as JSON Lines, ended by a signed checkpoint',
  (c) => c,
  async (client) => {
    for (const item of await client.list('/audit', {}, Number.MAX_SAFE_INTEGER)) json(item);
    json({ checkpoint: await client.call('GET', '/audit/checkpoint') });
  },
);
