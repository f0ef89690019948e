import { operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';
import { text } from '../clients/support.ts';

export const list = operatorCommand(
  'list',
  'operator tokens',
  (c) => c,
  async (client, _args, o) => {
    const answer = await client.call('GET', '/tokens');
    if (o.json === true) {
      json(answer);
      return;
    }
    const keys = ['name', 'role', 'expiresAt', 'lastUsedAt', 'revokedAt'];
    table(
      ['NAME', 'ROLE', 'EXPIRES', 'LAST USED', 'REVOKED'],
      (answer['items'] as Record<string, unknown>[]).map((t) => keys.map((key) => text(t[key]))),
    );
  },
);
