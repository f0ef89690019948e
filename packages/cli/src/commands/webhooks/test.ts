import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { OperatorError } from '../../operator-error.ts';
import { json, tick } from '../../ui.ts';
import { withName } from './support.ts';

export const test = operatorCommand(
  'test',
  'send a test at once and tell what came of it',
  withName,
  async ({ api }, [name = ''], o) => {
    const result = await answerOf(
      api.POST('/operator/v1/webhooks/{name}/test', { params: { path: { name } } }),
    );
    if (!result.isTaken)
      throw new OperatorError('refused', 'webhook-not-taken', `${name} did not take it.`, {
        seen: String(result.error),
        nextStep: 'Look at the receiver, then test again.',
      });
    if (o.json === true) json(result);
    else
      tick(
        'taken',
        `${result.decision === null ? '' : `${result.decision}, `}status ${String(result.status)} in ${result.milliseconds} ms`,
      );
  },
);
