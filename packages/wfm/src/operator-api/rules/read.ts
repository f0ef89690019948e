import { type Rule, readRules, RuleSetError } from '../../admission/rules.ts';
import { HttpProblem } from '../../http/problem.ts';
import type { OperatorApi } from '../context.ts';

/** Reads the rules of a request body. @throws HttpProblem `semantic-error` with every problem */
export async function readRuleBody(api: OperatorApi, body: unknown): Promise<readonly Rule[]> {
  const names = (await api.store.admission.authorities()).map((a) => a.name);
  try {
    return readRules(body, names);
  } catch (error) {
    if (!(error instanceof RuleSetError)) throw error;
    throw new HttpProblem('semantic-error', { detail: error.message, errors: error.problems });
  }
}
