import { type Common, operatorCommand } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';
import { json, say, tick } from '../../ui.ts';
import { joinTarget } from '../device/join-target.ts';
import { idArgument, text } from './support.ts';

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
  async (client, [id = '', target], options) => {
    if (options.cancel === true && target !== undefined)
      throw new UsageError('A join string and --cancel were given.', 'Give one of them.');
    const path = `/clients/${encodeURIComponent(id)}/rebind`;
    const row =
      options.cancel === true
        ? await client.call('DELETE', path)
        : await client.call('POST', path, {
            joinString: await joinTarget(target, undefined, {}),
            ...(options.reason === undefined ? {} : { reason: options.reason }),
          });
    if (options.json === true) return json(row);
    const order = row['rebind'] as { state: string; to: string };
    tick(`rebind ${order.state}`, `${text(row['clientId'])} to ${order.to}`);
    if (options.cancel !== true)
      say(`It hears of it with its next report. See how far it is: muster clients show ${id}`);
  },
);
