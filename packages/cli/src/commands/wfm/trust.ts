import { Command, Option } from 'commander';
import { answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { daysOf } from '../../numbers.ts';
import { UsageError } from '../../exit-codes.ts';
import { json, say, table, tick } from '../../ui.ts';

const show = operatorCommand(
  'show',
  'pins, validity, and who signs receipts',
  (c) => c,
  async ({ api }, _args, o) => {
    const answer = await answerOf(api.GET('/operator/v1/trust'));
    if (o.json === true) {
      json(answer);
      return;
    }
    const { certificates, auditSigner, stage, lacking } = answer;
    table(
      ['PIN', 'SUBJECT', 'VALID UNTIL'],
      certificates.map((c) => [c.pin, c.subject, c.notAfter.slice(0, 10)]),
    );
    if (stage !== 'none')
      say(
        `A rotation is ${stage}; ${lacking.count} active clients lack the new root CA${lacking.count === 0 ? '' : `: ${lacking.clientIds.slice(0, 10).join(', ')}`}`,
      );
    say(`Receipts and checkpoints are signed by ${auditSigner}`);
  },
);

const steps = ['announce', 'switch', 'finish'] as const;

const rotate = operatorCommand<Common & { step?: (typeof steps)[number]; force?: boolean }>(
  'rotate',
  'rotate the root CA: announce a new one, switch to it, drop the old one; without --step the next that is due',
  (c) =>
    c
      .addOption(new Option('--step <step>', 'which step').choices(steps))
      .option('--force', 'although clients have not picked up the new root CA: they will have to join again'),
  async ({ api }, _args, o) => {
    const trust = await answerOf(api.GET('/operator/v1/trust'));
    const due = ({ none: 'announce', announced: 'switch', switched: 'finish' } as const)[trust.stage];
    const step = o.step ?? due;
    const body = { step, force: o.force === true };
    const result = await answerOf(api.POST('/operator/v1/trust/rotate', { body }));
    if (o.json === true) {
      json(result);
      return;
    }
    tick(step, `root CAs in service: ${result.pins.map((p) => p.slice(0, 23)).join(', ')}`);
    const next = {
      announced:
        'Devices pick the new root CA up with their next report. See who has not: muster wfm trust show. Then: muster wfm trust rotate',
      switched: 'The server certificate is of the new root CA now. When all is well: muster wfm trust rotate',
      none: 'Done. Print new join strings: muster wfm join-string',
    }[result.stage];
    say(next ?? '');
  },
);

interface ExportFlags extends Common {
  readonly out?: string;
  readonly ticket?: string;
  readonly newTicket?: boolean;
  readonly days?: string;
}

const exportTrust = operatorCommand<ExportFlags>(
  'export',
  'print the root CA certificates as PEM; with --out, write a signed trust pack for devices without a network',
  (c) =>
    c
      .option('--out <file>', 'where to write the trust pack')
      .option('--ticket <ticket>', 'a ticket to put in: who has the file gets in')
      .option('--new-ticket', 'make a one-time ticket and put it in')
      .option('--days <n>', 'how long the pack counts (default 30)'),
  async ({ api }, _args, o) => {
    if (o.out === undefined) {
      if (o.ticket !== undefined || o.newTicket === true || o.days !== undefined)
        throw new UsageError('These options are for a trust pack.', 'Say where to write it: --out FILE');
      const answer = await answerOf(api.GET('/operator/v1/trust'));
      if (o.json === true) json(answer);
      else for (const certificate of answer.certificates) process.stdout.write(certificate.pem);
      return;
    }
    const days = daysOf(o.days);
    const { ticket, newTicket } = o;
    const body = {
      ...(ticket === undefined ? {} : { ticket }),
      ...(newTicket === undefined ? {} : { newTicket }),
      ...(days === undefined ? {} : { days }),
    };
    const pack = await answerOf(api.POST('/operator/v1/trust/pack', { body }));
    const { writeFileAtomic } = await import('@muster/pki');
    const hasTicket = ticket !== undefined || newTicket === true;
    await writeFileAtomic(o.out, `${JSON.stringify(pack, null, 2)}\n`, hasTicket ? 0o600 : 0o644);
    const trust = await answerOf(api.GET('/operator/v1/trust'));
    if (o.json === true) {
      json({ written: o.out, signer: trust.auditSigner, caPin: trust.caPin, ticket: hasTicket });
      return;
    }
    tick(
      'trust pack',
      `${o.out}${hasTicket ? ', with a one-time ticket: whoever has the file gets in' : ''}`,
    );
    say(`Signed by ${trust.auditSigner}`);
    say(`On the device: muster device join --trust-pack ${o.out}`);
  },
);

export const wfmTrust = new Command('trust')
  .description('the root CA that devices are given')
  .addCommand(show)
  .addCommand(rotate)
  .addCommand(exportTrust);
