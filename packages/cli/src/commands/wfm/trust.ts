import { Command } from 'commander';
import { operatorCommand } from '../../command.ts';
import { json, say, table } from '../../ui.ts';

export const wfmJoinString = operatorCommand(
  'join-string',
  'print the line to paste on a device',
  (c) => c,
  async (client, _args, options) => {
    const answer = await client.call('GET', '/join-string');
    if (options.json === true) json(answer);
    else process.stdout.write(`${String(answer['joinString'])}\n`);
  },
);

interface Trust {
  readonly caPin: string;
  readonly auditSigner: string;
  readonly certificates: ReadonlyArray<{ pin: string; subject: string; notAfter: string }>;
}

const show = operatorCommand(
  'show',
  'pins, validity, and who signs receipts',
  (c) => c,
  async (client, _args, o) => {
    const answer = await client.call('GET', '/trust');
    if (o.json === true) {
      json(answer);
      return;
    }
    const { certificates, auditSigner } = answer as unknown as Trust;
    table(
      ['PIN', 'SUBJECT', 'VALID UNTIL'],
      certificates.map((c) => [c.pin, c.subject, c.notAfter.slice(0, 10)]),
    );
    say(`Receipts and checkpoints are signed by ${auditSigner}`);
  },
);

export const wfmTrust = new Command('trust')
  .description('the root CA that devices are given')
  .addCommand(show)
  .addCommand(
    operatorCommand(
      'export',
      'print the root CA certificates as PEM',
      (c) => c,
      async (client, _args, options) => {
        const answer = await client.call('GET', '/trust');
        if (options.json === true) json(answer);
        else
          for (const certificate of answer['certificates'] as { pem: string }[])
            process.stdout.write(certificate.pem);
      },
    ),
  );
