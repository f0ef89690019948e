/** The operator API with types made from its description: a wrong path, parameter or member does not compile. */
import createClient, { type Client } from 'openapi-fetch';
import type { Dispatcher } from 'undici';
import { refused } from '../operator-error.ts';
import type { components, paths } from './schema.d.ts';

export type TypedApi = Client<paths>;
export type Enrollment =
  paths['/operator/v1/enrollments/{enrollmentId}']['get']['responses'][200]['content']['application/json'];
export type OnboardedClient = components['schemas']['Client'];

/** Requests go the way that all of the command's go. */
type Send = (method: Dispatcher.HttpMethod, url: string, body?: string) => Promise<Dispatcher.ResponseData>;

const origin = 'https://operator.invalid';

/** Makes the typed client. @param send takes a path below /operator/v1, with its query */
export function typedApi(send: Send): TypedApi {
  return createClient<paths>({
    baseUrl: origin,
    fetch: async (request) => {
      const body = request.body === null ? undefined : await request.text();
      const path = request.url.slice(`${origin}/operator/v1`.length);
      const answer = await send(request.method as Dispatcher.HttpMethod, path, body);
      const text = await answer.body.text();
      // A Response with 204 may not have a body, not even an empty one.
      return new Response(text === '' ? null : text, {
        status: answer.statusCode,
        headers: { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) },
      });
    },
  });
}

/** What an operation answers. @throws OperatorError when it was refused */
export async function answerOf<T>(
  pending: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await pending;
  if (!response.ok) throw refused(response.status, error);
  return data as T;
}

/** All items of a collection, page by page, up to `limit`. */
export async function allOf<T>(
  limit: number,
  page: (at: { cursor?: string; limit: number }) => Promise<{ items: T[]; nextCursor: string | null }>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const size = Math.min(1000, limit - items.length);
    const answer: { items: T[]; nextCursor: string | null } = await page({
      limit: size,
      ...(cursor === null ? {} : { cursor }),
    });
    items.push(...answer.items);
    cursor = answer.nextCursor;
  } while (cursor !== null && items.length < limit);
  return items;
}
