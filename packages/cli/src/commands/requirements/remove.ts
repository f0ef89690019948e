import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';

export const remove = operatorCommand(
  'remove',
  'require it no longer; its alerts end',
  (c) => c.argument('<name>'),
  async ({ api }, [name = ''], o) => {
    await answerOf(api.DELETE('/operator/v1/requirements/{name}', { params: { path: { name } } }));
    if (o.json === true) json({ removed: name });
    else tick('removed', name);
  },
);
