import { readFile } from 'node:fs/promises';
import { Option } from 'commander';
import { answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';
import { json, say, tick } from '../../ui.ts';
import { withName } from './support.ts';

interface Flags extends Common {
  readonly kind: 'events' | 'admission';
  readonly types?: string;
  readonly ca?: string;
}

function pemOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    const why = error instanceof Error ? error.message : '';
    throw new UsageError(`The file ${file} cannot be read: ${why}`, 'Check the path.');
  });
}

export const add = operatorCommand<Flags>(
  'add',
  'tell a receiver what happens from now on, or ask it who gets in',
  (c) =>
    withName(c)
      .argument('<url>', 'where to send (https)')
      .addOption(
        new Option('--kind <kind>', 'told what happens, or asked who gets in')
          .choices(['events', 'admission'])
          .default('events'),
      )
      .option('--types <list>', 'beginnings of actions, comma-separated, such as enrollment.,client.')
      .option('--ca <file>', 'CAs to trust for it, in the place of the public ones (PEM)'),
  async ({ api }, [name = '', url = ''], o) => {
    const types = (o.types ?? '').split(',').map((type) => type.trim());
    const body = {
      name,
      url,
      kind: o.kind,
      types: types.filter((type) => type !== ''),
      ...(o.ca === undefined ? {} : { ca: await pemOf(o.ca) }),
    };
    const result = await answerOf(api.POST('/operator/v1/webhooks', { body }));
    if (o.json === true) {
      json(result);
      return;
    }
    tick('webhook', `${name} (${o.kind}) ${result.url}`);
    say(`Try it: muster webhooks test ${name}`);
  },
);
