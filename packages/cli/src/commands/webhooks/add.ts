import { Option } from 'commander';
import { answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { readOwnFile } from '../../own-file.ts';
import { json, say, tick } from '../../ui.ts';
import { withName } from './support.ts';

interface Flags extends Common {
  readonly kind: 'events' | 'admission';
  readonly types?: string;
  readonly ca?: string;
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
      ...(o.ca === undefined
        ? {}
        : { ca: (await readOwnFile(o.ca, 262_144, 'Check the path.')).toString('utf8') }),
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
