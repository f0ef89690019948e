import { operatorCommand } from '../../command.ts';
import { act, idArgument } from './support.ts';

export const approve = operatorCommand(
  'approve',
  'let a waiting device in',
  idArgument,
  (client, [id = ''], options) =>
    act(client, `/enrollments/${encodeURIComponent(id)}/approve`, 'approved', options),
);
