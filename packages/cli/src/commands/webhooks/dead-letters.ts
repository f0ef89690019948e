import { operatorCommand } from '../../command.ts';
import { json, say, table } from '../../ui.ts';
import { text } from '../clients/support.ts';
import { pathOf, withName } from './support.ts';

export const deadLetters = operatorCommand(
  'dead-letters',
  'events that a receiver did not take',
  withName,
  async (client, [name = ''], o) => {
    const answer = await client.call('GET', `${pathOf(name)}/dead-letters`);
    if (o.json === true) {
      json(answer);
      return;
    }
    const keys = ['seq', 'diedAt', 'tries', 'lastStatus', 'lastError', 'queued'];
    table(
      ['EVENT', 'SINCE', 'TRIES', 'STATUS', 'ERROR', 'PUT BACK'],
      (answer['items'] as Record<string, unknown>[]).map((l) => keys.map((key) => text(l[key]))),
    );
    if (answer['dropped'] !== 0) say(`${String(answer['dropped'])} older ones were given up.`);
  },
);
