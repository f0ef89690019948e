import { answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { json, say, tick } from '../../ui.ts';
import { idArgument, text } from './support.ts';

interface Flags extends Common {
  readonly into?: string;
}

export const approve = operatorCommand<Flags>(
  'approve',
  'let a waiting device in',
  (c) =>
    idArgument(c).option(
      '--into <clientId>',
      'give its key to this client: the same machine with a new key, or its replacement',
    ),
  async ({ api }, [enrollmentId = ''], options) => {
    const row = await answerOf(
      api.POST('/operator/v1/enrollments/{enrollmentId}/approve', {
        params: { path: { enrollmentId } },
        ...(options.into === undefined ? {} : { body: { into: options.into } }),
      }),
    );
    if (options.json === true) json(row);
    else if (row.state === 'pending')
      say(
        `… recorded: ${row.approvals.join(', ')} of ${row.approvalsNeeded} approvals; another operator has to approve, too`,
      );
    else tick(options.into === undefined ? 'approved' : 'merged', text(row.clientId));
  },
);
