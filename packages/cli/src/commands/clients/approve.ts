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
  async (client, [id = ''], options) => {
    const body = options.into === undefined ? undefined : { into: options.into };
    const row = await client.call('POST', `/enrollments/${encodeURIComponent(id)}/approve`, body);
    if (options.json === true) json(row);
    else if (row['state'] === 'pending')
      say(
        `… recorded: ${text(row['approvals'])} of ${text(row['approvalsNeeded'])} approvals; another operator has to approve, too`,
      );
    else tick(options.into === undefined ? 'approved' : 'merged', text(row['clientId']));
  },
);
