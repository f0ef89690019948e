import { answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';
import { readRuleFile } from './read.ts';
import { wholeNumber } from '../../numbers.ts';

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
  async ({ api }, [file = ''], o) => {
    const rules = await readRuleFile(file);
    const version =
      o.version === undefined
        ? (await answerOf(api.GET('/operator/v1/rules'))).version
        : wholeNumber('version', o.version);
    const body = { version, comment: o.comment ?? '', rules };
    const result = await answerOf(api.PUT('/operator/v1/rules', { body }));
    if (o.json === true) json(result);
    else tick('rules', `version ${result.version} with ${result.rules} rules is in force`);
  },
);
