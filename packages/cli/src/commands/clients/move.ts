import { type Common, operatorCommand } from '../../command.ts';
import { act, idArgument } from './support.ts';

interface Flags extends Common {
  readonly reason?: string;
}

const summaries = {
  block: 'refuse every request of a client, from the next one on',
  unblock: 'let a blocked client go on',
  retire: 'take a client out of service; its key stays known and refused',
  readmit: 'let a retired client in again, under the same clientId',
} as const;

/** The moves of an onboarded client. */
export const moves = Object.entries(summaries).map(([move, summary]) =>
  operatorCommand<Flags>(
    move,
    summary,
    (c) => idArgument(c).option('--reason <text>', 'why; it stands in the audit log'),
    (client, [id = ''], options) => {
      const body = options.reason === undefined ? undefined : { reason: options.reason };
      return act(client, `/clients/${encodeURIComponent(id)}/${move}`, `${move} done`, options, body);
    },
  ),
);
