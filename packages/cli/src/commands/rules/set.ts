import { type Common, operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';
import { readRuleFile } from './read.ts';

interface Flags extends Common {
  readonly comment?: string;
  readonly version?: string;
}

export const set = operatorCommand<Flags>(
  'set',
  'activate the rules of a file',
  (c) =>
    c
      .argument('<file>', 'rules, YAML or JSON')
      .option('--comment <text>', 'why; it stands in the audit log')
      .option('--version <n>', 'the version that was edited (default: the present one)'),
  async (client, [file = ''], o) => {
    const rules = await readRuleFile(file);
    const version =
      o.version === undefined ? (await client.call('GET', '/rules'))['version'] : Number(o.version);
    const result = await client.call('PUT', '/rules', { version, comment: o.comment ?? '', rules });
    if (o.json === true) json(result);
    else
      tick('rules', `version ${String(result['version'])} with ${String(result['rules'])} rules is in force`);
  },
);
