import { allOf, answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, say, table } from '../../ui.ts';
import { text } from '../clients/support.ts';
import { withName } from './support.ts';

export const deadLetters = operatorCommand(
  'dead-letters',
  'events that a receiver did not take',
  withName,
  async ({ api }, [name = ''], o) => {
    let dropped = 0;
    const items = await allOf(10_000, async (query) => {
      const params = { path: { name }, query };
      const page = await answerOf(api.GET('/operator/v1/webhooks/{name}/dead-letters', { params }));
      ({ dropped } = page);
      return page;
    });
    if (o.json === true) {
      json({ items, dropped });
      return;
    }
    table(
      ['EVENT', 'SINCE', 'TRIES', 'STATUS', 'ERROR', 'PUT BACK'],
      items.map((l) => [l.seq, l.diedAt, l.tries, l.lastStatus, l.lastError, l.queued].map(text)),
    );
    if (dropped !== 0) say(`${dropped} older ones were given up.`);
  },
);
