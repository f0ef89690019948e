import { answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';
import { json, say, tick } from '../../ui.ts';
import { joinTarget } from '../device/join-target.ts';
import { idArgument } from './support.ts';

interface Flags extends Common {
  readonly cancel?: boolean;
  readonly reason?: string;
}

export const rebind = operatorCommand<Flags>(
  'rebind',
  'send a client to another WFM; it moves once that one has let it in',
  (c) =>
    idArgument(c)
      .argument('[join-string]', 'the join string of the other WFM, @FILE, or - for stdin')
      .option('--cancel', 'take the order back, as long as the client has not moved')
      .option('--reason <text>', 'why; it stands in the audit log'),
  async ({ api }, [id = '', target], options) => {
    if (options.cancel === true && target !== undefined)
      throw new UsageError('A join string and --cancel were given.', 'Give one of them.');
    const params = { path: { clientId: id } };
    const row = await answerOf(
      options.cancel === true
        ? api.DELETE('/operator/v1/clients/{clientId}/rebind', { params })
        : api.POST('/operator/v1/clients/{clientId}/rebind', {
            params,
            body: {
              joinString: await joinTarget(target, undefined, {}),
              ...(options.reason === undefined ? {} : { reason: options.reason }),
            },
          }),
    );
    if (options.json === true) return json(row);
    tick(`rebind ${row.rebind?.state ?? ''}`, `${row.clientId} to ${row.rebind?.to ?? ''}`);
    if (options.cancel !== true)
      say(`It hears of it with its next report. See how far it is: muster clients show ${id}`);
  },
);
