import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';
import { idArgument, isMissing } from './support.ts';

export const remove = operatorCommand(
  'delete',
  'delete a client (its key stays refused) or forget a request',
  idArgument,
  async ({ api }, [which = ''], options) => {
    const client = { params: { path: { clientId: which } } };
    await answerOf(api.DELETE('/operator/v1/clients/{clientId}', client)).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
      const request = { params: { path: { enrollmentId: which } } };
      return answerOf(api.DELETE('/operator/v1/enrollments/{enrollmentId}', request));
    });
    if (options.json === true) json({ deleted: which });
    else tick('deleted', which);
  },
);
