import { Option } from 'commander';
import { answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { json, say, tick } from '../../ui.ts';
import { daysOf } from '../../numbers.ts';

interface Flags extends Common {
  readonly role: 'viewer' | 'operator' | 'admin';
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
  async ({ api }, [name = ''], o) => {
    const days = daysOf(o.days);
    const body = { name, role: o.role, ...(days === undefined ? {} : { days }) };
    const result = await answerOf(api.POST('/operator/v1/tokens', { body }));
    if (o.json === true) {
      json(result);
      return;
    }
    tick('token made', `${name} (${o.role})`);
    process.stdout.write(`${result.token}\n`);
    say('It is shown once. Use it as MUSTER_OPERATOR_TOKEN.');
  },
);
