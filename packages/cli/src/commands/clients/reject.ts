import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';
import { idArgument } from './support.ts';

export const reject = operatorCommand(
  'reject',
  'turn a waiting device away',
  idArgument,
  async ({ api }, [enrollmentId = ''], options) => {
    const row = await answerOf(
      api.POST('/operator/v1/enrollments/{enrollmentId}/reject', { params: { path: { enrollmentId } } }),
    );
    if (options.json === true) json(row);
    else tick('rejected', row.clientId ?? row.fingerprint);
  },
);
