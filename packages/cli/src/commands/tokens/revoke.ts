import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';

export const revoke = operatorCommand(
  'revoke',
  'revoke an operator token, from the next request on',
  (c) => c.argument('<name>', 'name of the token'),
  async ({ api }, [name = ''], o) => {
    await answerOf(api.DELETE('/operator/v1/tokens/{name}', { params: { path: { name } } }));
    if (o.json === true) json({ revoked: name });
    else tick('revoked', name);
  },
);
