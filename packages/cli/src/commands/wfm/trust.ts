import { Command } from 'commander';
import { operatorCommand } from '../../command.ts';
import { json } from '../../ui.ts';

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

export const wfmTrust = new Command('trust').description('the root CA that devices are given').addCommand(
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
