import type { Command } from 'commander';
import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';
import { withName } from './support.ts';

function switchCommand(verb: 'enable' | 'disable', summary: string): Command {
  return operatorCommand(verb, summary, withName, async ({ api }, [name = ''], o) => {
    const path = `/operator/v1/webhooks/{name}/${verb}` as const;
    const result = await answerOf(api.POST(path, { params: { path: { name } } }));
    if (o.json === true) json(result);
    else tick(`${verb}d`, name);
  });
}

export const enable = switchCommand('enable', 'send again, with what happened meanwhile');
export const disable = switchCommand('disable', 'send nothing until it is enabled');
