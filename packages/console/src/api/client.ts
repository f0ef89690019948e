/** The operator API with types made from its description: a wrong path, parameter or member does not compile. */
import createClient from 'openapi-fetch';
import { ApiProblem, asProblem, type ProblemBody } from './problem.ts';
import type { paths } from '../../../../docs/operator-api.d.ts';
import { currentSession, signOut } from './session.ts';

export const api = createClient<paths>({
  baseUrl: location.origin,
  // A page that waits for longer than this is told so.
  fetch: (request) =>
    fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(60_000)]) }),
});

api.use({
  onRequest({ request }) {
    const { token } = currentSession();
    if (token !== null) request.headers.set('authorization', `Bearer ${token}`);
    return request;
  },
});

interface Pending<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** Ends the session when the token has stopped to count. @returns the problem, to be thrown */
export function refusal(status: number, body: unknown): ApiProblem {
  const problem = new ApiProblem(
    status,
    (typeof body === 'object' && body !== null ? body : {}) as ProblemBody,
  );
  if (status === 401 && currentSession().token !== null) signOut(problem.message);
  return problem;
}

/** What an operation answers. @throws ApiProblem */
export async function answerOf<T>(pending: Promise<Pending<T>>): Promise<T> {
  const { data, error, response } = await pending.catch((thrown: unknown) => {
    throw asProblem(thrown);
  });
  if (!response.ok) throw refusal(response.status, error);
  return data as T;
}
