import { answerOf, each } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json } from '../../ui.ts';

export const exportAll = operatorCommand(
  'export',
  'all entries as JSON Lines, ended by a signed checkpoint',
  (c) => c,
  async ({ api }) => {
    const entries = each(Number.MAX_SAFE_INTEGER, (query) =>
      answerOf(api.GET('/operator/v1/audit', { params: { query } })),
    );
    for await (const entry of entries) json(entry);
    json({ checkpoint: await answerOf(api.GET('/operator/v1/audit/checkpoint')) });
  },
);
