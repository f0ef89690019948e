import { type Common, operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';

export const list = operatorCommand<Common & { limit: string }>(
  'list',
  'who did what, oldest first',
  (c) => c.option('--limit <n>', 'at most so many', '1000'),
  async (client, _args, options) => {
    const items = await client.list('/audit', {}, Math.max(1, Number(options.limit) || 1000));
    if (options.json === true) json({ items });
    else
      table(
        ['SEQ', 'WHEN', 'WHO', 'WHAT', 'ON'],
        items.map((i) => ['seq', 'at', 'actor', 'action', 'subject'].map((key) => String(i[key]))),
      );
  },
);
