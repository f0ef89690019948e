import { type Common, operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';
import { pathOf, withName } from './support.ts';

interface Flags extends Common {
  readonly event?: string;
}

export const retry = operatorCommand<Flags>(
  'retry',
  'try dead letters again',
  (c) => withName(c).option('--event <seq>', 'this one only'),
  async (client, [name = ''], o) => {
    const body = o.event === undefined ? {} : { seq: Number(o.event) };
    const result = await client.call('POST', `${pathOf(name)}/retry`, body);
    if (o.json === true) json(result);
    else tick('put back', String(result['queued']));
  },
);
