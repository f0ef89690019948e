/** The operator API as commands use it. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { isObject } from '@muster/protocol';
import type { Agent, Dispatcher } from 'undici';
import { type TypedApi, typedApi } from './api/typed.ts';
import { connectionError, OperatorError, refused } from './operator-error.ts';
import { sessionBearer } from './session/bearer.ts';
import { readSession, sessionFile } from './session/file.ts';

/** Where the WFM is and how to prove oneself to it. */
export interface OperatorAccess {
  /** The data folder of a WFM on this machine. */
  readonly data?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

type Method = Dispatcher.HttpMethod;

export interface OperatorClient {
  /** The operations of the operator API by path, checked against its description; `answerOf` unwraps what comes. */
  readonly api: TypedApi;
  /** The JSON Lines of a long answer, as they come. */
  lines(path: string, body: unknown): AsyncGenerator<Record<string, unknown>>;
  call(method: Method, path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** All items of a collection, page by page, up to `limit`. */
  list(
    path: string,
    query: Record<string, string | undefined>,
    limit: number,
  ): Promise<Record<string, unknown>[]>;
  /** Events as they happen, resumed after one of them; ends when the signal aborts. */
  events(query: Record<string, string>, signal: AbortSignal): AsyncGenerator<Record<string, unknown>>;
  /** Copies an answer that is no JSON to a stream, piece by piece. */
  download(path: string, out: NodeJS.WritableStream): Promise<void>;
  close(): Promise<void>;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** The data folder that commands use when none is given. */
export function defaultData(env: NodeJS.ProcessEnv): string {
  return env['MUSTER_DATA'] ?? './.muster/wfm';
}

interface Address {
  readonly url: string;
  /** PEM; undefined for public CAs. */
  readonly ca: string | undefined;
}

function noWfm(missing: string, data: string): OperatorError {
  return new OperatorError('unreachable', 'no-wfm', 'There is no WFM to talk to.', {
    seen: `no ${missing} in ${data}`,
    nextStep:
      'Start one (muster wfm start), name its folder (--data DIR), or set MUSTER_OPERATOR_URL, MUSTER_OPERATOR_TOKEN and MUSTER_OPERATOR_CA.',
  });
}

/**
 * Where the operator API is: by environment, by the files of a WFM on this machine, or by who is logged in.
 * @throws OperatorError when there is nothing to connect to
 */
export function operatorAddress(o: OperatorAccess): Address {
  const data = o.data ?? defaultData(o.env);
  const session = readSession(sessionFile(o.env));
  const url = o.env['MUSTER_OPERATOR_URL'] ?? read(join(data, 'operator-url')) ?? session?.operatorUrl;
  if (url === undefined) throw noWfm('operator-url', data);
  const ca =
    read(o.env['MUSTER_OPERATOR_CA'] ?? join(data, 'operator-ca.pem')) ??
    (session?.operatorUrl === url ? (session.operatorCa ?? undefined) : undefined);
  return { url, ca };
}

/** The token: by environment, by who is logged in at this very WFM, or of the first administrator. */
function bearerFor(o: OperatorAccess, url: string): () => Promise<string> {
  const given = o.env['MUSTER_OPERATOR_TOKEN'];
  if (given !== undefined) return () => Promise.resolve(given);
  const file = sessionFile(o.env);
  const session = readSession(file);
  if (session?.operatorUrl === url) return sessionBearer(file, session);
  const data = o.data ?? defaultData(o.env);
  const token = read(join(data, 'operator-token'));
  if (token === undefined) throw noWfm('operator-token', data);
  return () => Promise.resolve(token);
}

/**
 * Opens the operator API: by environment, by who is logged in, or by the files of a WFM on this machine.
 * @throws OperatorError when there is nothing to connect to
 */
export function operatorClient(o: OperatorAccess): OperatorClient {
  const { url, ca } = operatorAddress(o);
  const bearer = bearerFor(o, url);
  let agent: Agent | undefined;

  async function send(method: Method, path: string, body?: string): Promise<Dispatcher.ResponseData> {
    const token = await bearer();
    // Loaded with the first call, so that commands without one start sooner.
    const undici = await import('undici');
    agent ??= new undici.Agent({
      connect: ca === undefined ? {} : { ca },
      headersTimeout: 60_000,
      bodyTimeout: 120_000,
    });
    try {
      return await undici.request(`${url}/operator/v1${path}`, {
        method,
        dispatcher: agent,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body }),
      });
    } catch (error) {
      throw connectionError(error, `The operator API at ${url}`, {
        trust: 'Set MUSTER_OPERATOR_CA to the operator-ca.pem of the WFM.',
        unreachable: 'Check that the WFM runs: muster wfm start',
      });
    }
  }

  async function call(method: Method, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await send(method, path, body === undefined ? undefined : JSON.stringify(body));
    const text = await answer.body.text();
    const value: unknown = text === '' ? {} : JSON.parse(text);
    if (answer.statusCode >= 300) throw refused(answer.statusCode, value);
    return isObject(value) ? value : {};
  }

  async function* lines(path: string, body: unknown): AsyncGenerator<Record<string, unknown>> {
    const answer = await send('POST', path, JSON.stringify(body));
    if (answer.statusCode >= 300) throw refused(answer.statusCode, JSON.parse(await answer.body.text()));
    for await (const line of createInterface({ input: answer.body })) {
      const value: unknown = JSON.parse(line);
      if (isObject(value)) yield value;
    }
  }

  async function* events(
    query: Record<string, string>,
    signal: AbortSignal,
  ): AsyncGenerator<Record<string, unknown>> {
    let after = query['after'];
    while (!signal.aborted) {
      const search = new URLSearchParams({ ...query, ...(after === undefined ? {} : { after }) });
      const answer = await send('GET', `/events?${search.toString()}`);
      if (answer.statusCode >= 300) throw refused(answer.statusCode, JSON.parse(await answer.body.text()));
      signal.addEventListener('abort', () => answer.body.destroy(), { once: true });
      try {
        for await (const line of createInterface({ input: answer.body })) {
          if (!line.startsWith('data: ')) continue;
          const value: unknown = JSON.parse(line.slice('data: '.length));
          if (!isObject(value)) continue;
          after = String(value['seq']);
          yield value;
        }
      } catch (error) {
        if (!signal.aborted && !(error instanceof Error && 'code' in error)) throw error;
      }
      // The stream broke or the WFM restarted: go on after the last event.
      if (!signal.aborted) await sleep(1000, undefined, { signal }).catch(() => undefined);
    }
  }

  return {
    api: typedApi(send),
    call,
    async download(path, out) {
      const answer = await send('GET', path);
      if (answer.statusCode >= 300) throw refused(answer.statusCode, await answer.body.json());
      for await (const chunk of answer.body) if (!out.write(chunk as Buffer)) await once(out, 'drain');
    },
    lines,
    events,
    async list(path, query, limit) {
      const items: Record<string, unknown>[] = [];
      let cursor: string | undefined;
      do {
        const search = new URLSearchParams();
        for (const [key, value] of Object.entries({
          ...query,
          cursor,
          limit: String(Math.min(1000, limit - items.length)),
        }))
          if (value !== undefined) search.set(key, value);
        const page = await call('GET', `${path}?${search.toString()}`);
        items.push(...((page['items'] as Record<string, unknown>[] | undefined) ?? []));
        cursor = typeof page['nextCursor'] === 'string' ? page['nextCursor'] : undefined;
      } while (cursor !== undefined && items.length < limit);
      return items;
    },
    close: async () => agent?.close(),
  };
}
