import type { Command } from 'commander';
import { operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';
import { pathOf, withName } from './support.ts';

function switchCommand(verb: 'enable' | 'disable', summary: string): Command {
  return operatorCommand(verb, summary, withName, async (client, [name = ''], o) => {
    const result = await client.call('POST', `${pathOf(name)}/${verb}`);
    if (o.json === true) json(result);
    else tick(`${verb}d`, name);
  });
}

export const enable = switchCommand('enable', 'send again, with what happened meanwhile');
export const disable = switchCommand('disable', 'send nothing until it is enabled');
