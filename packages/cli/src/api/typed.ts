/** The operator API with types made from its description: a wrong path, parameter or member does not compile. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import createClient, { type Client } from 'openapi-fetch';
import { OperatorError, refused, strangeAnswer } from '../operator-error.ts';
import type { components, paths } from '../../../../docs/operator-api.d.ts';

export type { paths };
export type TypedApi = Client<paths>;
export type Enrollment = components['schemas']['Enrollment'];

/** What a GET of a path answers. */
export type Got<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Answer } } } };
}
  ? Answer
  : never;

/** Requests go the way that all of the command's go. */
type Send = (
  method: string,
  url: string,
  o: { body: string | undefined; signal: AbortSignal },
) => Promise<IncomingMessage>;

const origin = 'https://operator.invalid';

/** Makes the typed client. @param send takes a path below /operator/v1, with its query */
export function typedApi(send: Send): TypedApi {
  return createClient<paths>({
    baseUrl: origin,
    fetch: async (request) => {
      const body = request.body === null ? undefined : await request.text();
      const path = request.url.slice(`${origin}/operator/v1`.length);
      const { signal } = request;
      const answer = await send(request.method, path, { body, signal });
      const status = answer.statusCode ?? 0;
      const hasNone = status === 204;
      if (hasNone) answer.resume();
      // A Response with 204 may not have a body, not even an empty one. Node's type of a stream is the web's by another name.
      return new Response(hasNone ? null : (Readable.toWeb(answer) as unknown as BodyInit), {
        status,
        headers: { 'content-type': 'application/json' },
      });
    },
  });
}

interface Pending<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** What an operation answers. @throws OperatorError when it was refused, or what came is no answer */
export async function answerOf<T>(pending: Promise<Pending<T>>): Promise<T> {
  const { data, error, response } = await pending.catch((thrown: unknown) => {
    const isOwn =
      thrown instanceof OperatorError || (thrown instanceof Error && thrown.name === 'AbortError');
    throw isOwn ? thrown : strangeAnswer(thrown instanceof Error ? thrown.message : '', thrown);
  });
  if (!response.ok) throw refused(response.status, error);
  // Every answer of the operator API is an object, a stream or nothing.
  if (response.status !== 204 && (typeof data !== 'object' || data === null))
    throw strangeAnswer(
      `status ${response.status} with ${JSON.stringify(data)?.slice(0, 60) ?? 'nothing'}`,
      null,
    );
  return data as T;
}

/** All items of a collection, page by page, up to `limit`. */
export async function allOf<T>(
  limit: number,
  page: (at: { cursor?: string; limit: number }) => Promise<{ items: T[]; nextCursor: string | null }>,
): Promise<T[]> {
  const items: T[] = [];
  for await (const item of each(limit, page)) items.push(item);
  return items;
}

/** The items of a collection one by one, so that a list of any length needs little memory. */
export async function* each<T>(
  limit: number,
  page: (at: { cursor?: string; limit: number }) => Promise<{ items: T[]; nextCursor: string | null }>,
): AsyncGenerator<T> {
  let cursor: string | null = null;
  let count = 0;
  do {
    const size = Math.min(1000, limit - count);
    const answer: { items: T[]; nextCursor: string | null } = await page({
      limit: size,
      ...(cursor === null ? {} : { cursor }),
    });
    yield* answer.items;
    count += answer.items.length;
    cursor = answer.nextCursor;
  } while (cursor !== null && count < limit);
}

type Streamed = Promise<Pending<ReadableStream<Uint8Array> | null>>;

async function streamOf(pending: Streamed): Promise<Readable> {
  return Readable.from((await answerOf(pending)) ?? []);
}

/** The lines of an answer that is asked for with `parseAs: 'stream'`, as they come. */
export async function* linesOf(pending: Streamed): AsyncGenerator<string> {
  yield* createInterface({ input: await streamOf(pending) });
}

/** Copies such an answer to a stream, piece by piece. */
export async function copyTo(out: NodeJS.WritableStream, pending: Streamed): Promise<void> {
  for await (const chunk of await streamOf(pending))
    if (!out.write(chunk as Buffer)) await once(out, 'drain');
}
