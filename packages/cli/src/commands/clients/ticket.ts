import { answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';
import { json, say, tick } from '../../ui.ts';
import { readLabels } from './label.ts';
import { wholeNumber } from '../../numbers.ts';

interface Flags extends Common {
  readonly hours: string;
  readonly uses: string;
  readonly label?: readonly string[];
  readonly note?: string;
}

export const ticket = operatorCommand<Flags>(
  'ticket',
  'issue a one-time ticket: replacement hardware takes a client over, or a new device gets in',
  (c) =>
    c
      .argument('[id]', 'the client to take over; none lets a new client in')
      .option('--hours <n>', 'how long it counts', '24')
      .option('--uses <n>', 'how many devices it lets in (new clients only)', '1')
      .option('--label <key=value...>', 'labels of the new client')
      .option('--note <text>', 'for whom it is'),
  async ({ api }, [id], options) => {
    const hours = Number(options.hours);
    if (!(hours > 0))
      throw new UsageError('The hours are no positive number.', 'Give --hours 24, for example.');
    const uses = wholeNumber('uses', options.uses, 1);
    const body = {
      ...(id === undefined ? {} : { clientId: id }),
      hours,
      uses,
      labels: readLabels(options.label ?? []),
      ...(options.note === undefined ? {} : { note: options.note }),
    };
    const result = await answerOf(api.POST('/operator/v1/tickets', { body }));
    if (options.json === true) {
      json(result);
      return;
    }
    tick('ticket', result.ticket);
    say(
      `It is shown once and counts until ${result.expiresAt}; muster tickets revoke ${result.ticketId} takes it back. On the device:`,
    );
    say('  muster device join JOIN-STRING --ticket TICKET');
  },
);
