import { answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';
import { withName } from './support.ts';
import { wholeNumber } from '../../numbers.ts';

interface Flags extends Common {
  readonly event?: string;
}

export const retry = operatorCommand<Flags>(
  'retry',
  'try dead letters again',
  (c) => withName(c).option('--event <seq>', 'this one only'),
  async ({ api }, [name = ''], o) => {
    const body = o.event === undefined ? {} : { seq: wholeNumber('event', o.event, 1) };
    const result = await answerOf(
      api.POST('/operator/v1/webhooks/{name}/retry', { params: { path: { name } }, body }),
    );
    if (o.json === true) json(result);
    else tick('put back', String(result.queued));
  },
);
