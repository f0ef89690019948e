import { operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';

export const revoke = operatorCommand(
  'revoke',
  'revoke an operator token, from the next request on',
  (c) => c.argument('<name>', 'name of the token'),
  async (client, [name = ''], o) => {
    await client.call('DELETE', `/tokens/${encodeURIComponent(name)}`);
    if (o.json === true) json({ revoked: name });
    else tick('revoked', name);
  },
);
