import { type Common, operatorCommand } from '../command.ts';
import { json, safe } from '../ui.ts';
import { stopSignal } from './device/support.ts';

interface Flags extends Common {
  readonly types?: string;
  readonly after?: string;
}

export const events = operatorCommand<Flags>(
  'events',
  'follow what happens, until Ctrl-C; a broken stream is resumed',
  (c) =>
    c
      .option('--types <list>', 'beginnings of actions, comma-separated, such as enrollment.,client.')
      .option('--after <seq>', 'begin after this event'),
  async (client, _args, o) => {
    const query = {
      ...(o.types === undefined ? {} : { types: o.types }),
      ...(o.after === undefined ? {} : { after: o.after }),
    };
    for await (const event of client.events(query, stopSignal())) {
      if (o.json === true) json(event);
      else
        process.stdout.write(
          `${String(event['seq']).padStart(6)}  ${String(event['at'])}  ${safe(`${String(event['action'])}  ${String(event['subject'])}  by ${String(event['actor'])}`)}\n`,
        );
    }
  },
);
