import { Option } from 'commander';
import { type Common, operatorCommand } from '../../command.ts';
import { json, say, tick } from '../../ui.ts';

interface Flags extends Common {
  readonly role: string;
  readonly days?: string;
}

export const create = operatorCommand<Flags>(
  'create',
  'make an operator token; it is shown once',
  (c) =>
    c
      .argument('<name>', 'who or what it is for')
      .addOption(
        new Option('--role <role>', 'what it may do')
          .choices(['viewer', 'operator', 'admin'])
          .default('operator'),
      )
      .option('--days <n>', 'how long it counts (default: until revoked)'),
  async (client, [name = ''], o) => {
    const body = { name, role: o.role, ...(o.days === undefined ? {} : { days: Number(o.days) }) };
    const result = await client.call('POST', '/tokens', body);
    if (o.json === true) {
      json(result);
      return;
    }
    tick('token made', `${name} (${o.role})`);
    process.stdout.write(`${String(result['token'])}\n`);
    say('It is shown once. Use it as MUSTER_OPERATOR_TOKEN.');
  },
);
