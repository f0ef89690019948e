import { operatorCommand } from '../../command.ts';
import { OperatorError } from '../../operator-error.ts';
import { json, tick } from '../../ui.ts';
import { pathOf, withName } from './support.ts';

export const test = operatorCommand(
  'test',
  'send a test at once and tell what came of it',
  withName,
  async (client, [name = ''], o) => {
    const result = await client.call('POST', `${pathOf(name)}/test`);
    if (result['isTaken'] !== true)
      throw new OperatorError('refused', 'webhook-not-taken', `${name} did not take it.`, {
        seen: String(result['error']),
        nextStep: 'Look at the receiver, then test again.',
      });
    if (o.json === true) json(result);
    else
      tick(
        'taken',
        `${typeof result['decision'] === 'string' ? `${result['decision']}, ` : ''}status ${String(result['status'])} in ${String(result['milliseconds'])} ms`,
      );
  },
);
