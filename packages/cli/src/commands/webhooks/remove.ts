import { operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';
import { pathOf, withName } from './support.ts';

export const remove = operatorCommand(
  'remove',
  'remove a webhook and its dead letters',
  withName,
  async (client, [name = ''], o) => {
    await client.call('DELETE', pathOf(name));
    if (o.json === true) json({ removed: name });
    else tick('removed', name);
  },
);
