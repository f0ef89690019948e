import { operatorCommand } from '../../command.ts';
import { act, idArgument } from './support.ts';

export const reject = operatorCommand(
  'reject',
  'turn a waiting device away',
  idArgument,
  (client, [id = ''], options) =>
    act(client, `/enrollments/${encodeURIComponent(id)}/reject`, 'rejected', options),
);
