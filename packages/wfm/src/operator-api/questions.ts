/** What the inventory's and placement's endpoints share: selectors out of text, and protocol errors as problems. */
import { type MatchExpression, ProtocolError } from '@muster/protocol';
import { Type } from 'typebox';
import type { Population } from '../fleet/population.ts';
import { HttpProblem } from '../http/problem.ts';
import { parseSelector } from '../placement/selector-text.ts';

/** Runs what may refuse a document or a selector, and lets the refusal reach the operator with every fault. */
export function refusing<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw asProblem(error);
  }
}

/** The same for what takes time. */
export async function refusingLater<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw asProblem(error);
  }
}

function asProblem(error: unknown): unknown {
  if (!(error instanceof ProtocolError)) return error;
  const sentence = /[.!?]$/.test(error.message) ? error.message : `${error.message}.`;
  const code = error.code === 'semantic' ? 'semantic-error' : 'invalid-request';
  return new HttpProblem(code, { detail: `${sentence} ${error.nextStep}`, errors: error.problems });
}

export const PopulationFields = {
  selector: Type.Optional(
    Type.String({ maxLength: 4000, description: 'such as: site=plant7, line in (1, 2), /memory>4Gi' }),
  ),
  text: Type.Optional(Type.String({ maxLength: 200 })),
  clientId: Type.Optional(Type.String({ maxLength: 128 })),
};

/** The selector of a request; none when it is missing. */
export function selectorOf(text: string | undefined): MatchExpression[] {
  return refusing(() => (text === undefined ? [] : parseSelector(text)));
}

/** Which devices a request is about. */
export function populationOf(q: {
  selector?: string | undefined;
  text?: string | undefined;
  clientId?: string | undefined;
}): Population {
  return { selector: selectorOf(q.selector), text: q.text, clientId: q.clientId };
}
