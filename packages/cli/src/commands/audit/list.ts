import { allOf, answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';
import { wholeNumber } from '../../numbers.ts';

export const list = operatorCommand<Common & { limit: string; newest?: boolean }>(
  'list',
  'who did what, oldest first',
  (c) => c.option('--limit <n>', 'at most so many', '1000').option('--newest', 'the newest first'),
  async ({ api }, _args, options) => {
    const sort = options.newest === true ? ({ sort: '-seq' } as const) : {};
    const items = await allOf(wholeNumber('limit', options.limit, 1), (at) =>
      answerOf(api.GET('/operator/v1/audit', { params: { query: { ...at, ...sort } } })),
    );
    if (options.json === true) json({ items });
    else
      table(
        ['SEQ', 'WHEN', 'WHO', 'WHAT', 'ON'],
        items.map((i) => [String(i.seq), i.at, i.actor, i.action, i.subject]),
      );
  },
);
