import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';
import { withName } from './support.ts';

export const remove = operatorCommand(
  'remove',
  'remove a webhook and its dead letters',
  withName,
  async ({ api }, [name = ''], o) => {
    await answerOf(api.DELETE('/operator/v1/webhooks/{name}', { params: { path: { name } } }));
    if (o.json === true) json({ removed: name });
    else tick('removed', name);
  },
);
