import { answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';
import { idArgument } from './support.ts';

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
export const moves = (Object.keys(summaries) as (keyof typeof summaries)[]).map((move) =>
  operatorCommand<Flags>(
    move,
    summaries[move],
    (c) => idArgument(c).option('--reason <text>', 'why; it stands in the audit log'),
    async ({ api }, [clientId = ''], options) => {
      const row = await answerOf(
        api.POST(`/operator/v1/clients/{clientId}/${move}`, {
          params: { path: { clientId } },
          ...(options.reason === undefined ? {} : { body: { reason: options.reason } }),
        }),
      );
      if (options.json === true) json(row);
      else tick(`${move} done`, row.clientId);
    },
  ),
);
