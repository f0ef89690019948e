import { allOf, answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';

export const list = operatorCommand(
  'list',
  'what devices must be able to host',
  (c) => c,
  async ({ api }, _args, o) => {
    const items = await allOf(10_000, (query) =>
      answerOf(api.GET('/operator/v1/requirements', { params: { query } })),
    );
    if (o.json === true) {
      json({ items });
      return;
    }
    table(
      ['NAME', 'APPLICATION', 'DEVICES', 'BY', 'SINCE'],
      items.map((r) => [r.name, r.application, r.target ?? (r.selector || 'all'), r.createdBy, r.createdAt]),
    );
  },
);
