import { UsageError } from '../../exit-codes.ts';
import { readOwnFile } from '../../own-file.ts';

/** As the WFM has it. */
const maximumRules = 8_388_608;

/** Reads a rule file, YAML or JSON: a list of rules, or an object with `rules`. @throws UsageError */
export async function readRuleFile(file: string): Promise<Record<string, unknown>[]> {
  const nextStep = 'Start from the present rules: muster rules show --json';
  const text = (await readOwnFile(file, maximumRules, nextStep)).toString('utf8');
  const { parse } = await import('yaml');
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    // Of a message of several lines the others draw the place.
    const [why] = (error instanceof Error ? error.message : '').split('\n');
    throw new UsageError(`The file ${file} cannot be read: ${why}`, nextStep);
  }
  const rules = typeof value === 'object' && value !== null && 'rules' in value ? value.rules : value;
  if (!Array.isArray(rules))
    throw new UsageError(`The file ${file} holds no list of rules.`, 'Write a list under "rules:".');
  // What is no rule is refused by the WFM, with its place in the list.
  return rules as Record<string, unknown>[];
}
