/** Refusals that hang on how things are now, and removals that were done before. */
import { HttpProblem } from '../http/problem.ts';
import type { Ending } from '../store/ports/audit.ts';
import type { OperatorApi } from './context.ts';

/**
 * A 409.
 * @param state the present state of the thing, as one word
 * @param detail what stands in the way, and what to do about it
 */
export function conflict(
  state: string,
  detail: string,
  extra: Readonly<Record<string, unknown>> = {},
): HttpProblem {
  return new HttpProblem('conflict', { detail, extra: { state, ...extra } });
}

/**
 * A removal that finds nothing: it is done when the audit log tells that the thing has ended, and an error when there never
 * was such a thing, so that a slip of the pen is not taken for success.
 * @throws HttpProblem `not-found`
 */
export async function checkEnded(
  api: OperatorApi,
  subject: string,
  ways: readonly Ending[],
  detail: string,
): Promise<void> {
  if (!(await api.store.audit.hasEnded(subject, ways))) throw new HttpProblem('not-found', { detail });
}
