import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { UsageError } from '../../exit-codes.ts';

/** Reads a rule file, YAML or JSON: a list of rules, or an object with `rules`. @throws UsageError */
export async function readRuleFile(file: string): Promise<Record<string, unknown>[]> {
  let value: unknown;
  try {
    value = parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UsageError(
      `The file ${file} cannot be read: ${error instanceof Error ? error.message : ''}`,
      'Start from the present rules: muster rules show --json',
    );
  }
  const rules = typeof value === 'object' && value !== null && 'rules' in value ? value.rules : value;
  if (!Array.isArray(rules))
    throw new UsageError(`The file ${file} holds no list of rules.`, 'Write a list under "rules:".');
  // What is no rule is refused by the WFM, with its place in the list.
  return rules as Record<string, unknown>[];
}
