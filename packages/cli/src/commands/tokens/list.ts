import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';
import { text } from '../clients/support.ts';

export const list = operatorCommand(
  'list',
  'operator tokens',
  (c) => c,
  async ({ api }, _args, o) => {
    const answer = await answerOf(api.GET('/operator/v1/tokens'));
    if (o.json === true) {
      json(answer);
      return;
    }
    const keys = ['name', 'role', 'expiresAt', 'lastUsedAt', 'revokedAt'] as const;
    table(
      ['NAME', 'ROLE', 'EXPIRES', 'LAST USED', 'REVOKED'],
      answer.items.map((t) => keys.map((key) => text(t[key]))),
    );
  },
);
