/** The operator API as commands use it. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { isObject } from '@muster/protocol';
import type { Agent, Dispatcher } from 'undici';
import { type TypedApi, typedApi } from './api/typed.ts';
import { OperatorError, refused } from './operator-error.ts';

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

/**
 * Opens the operator API: by environment, or by the files of a WFM on this machine.
 * @throws OperatorError when there is nothing to connect to
 */
export function operatorClient(o: OperatorAccess): OperatorClient {
  const data = o.data ?? defaultData(o.env);
  const url = o.env['MUSTER_OPERATOR_URL'] ?? read(join(data, 'operator-url'));
  const token = o.env['MUSTER_OPERATOR_TOKEN'] ?? read(join(data, 'operator-token'));
  const caFile = o.env['MUSTER_OPERATOR_CA'] ?? join(data, 'operator-ca.pem');
  if (url === undefined || token === undefined) {
    const nextStep =
      'Start one (muster wfm start), name its folder (--data DIR), or set MUSTER_OPERATOR_URL, MUSTER_OPERATOR_TOKEN and MUSTER_OPERATOR_CA.';
    throw new OperatorError('unreachable', 'no-wfm', 'There is no WFM to talk to.', {
      seen: `no ${url === undefined ? 'operator-url' : 'operator-token'} in ${data}`,
      nextStep,
    });
  }
  const ca = read(caFile);
  let agent: Agent | undefined;

  async function send(method: Method, path: string, body?: string): Promise<Dispatcher.ResponseData> {
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
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL/.test(code)) {
        throw new OperatorError('trust', code, 'The certificate of the operator API is not trusted.', {
          seen: code,
          nextStep: 'Set MUSTER_OPERATOR_CA to the operator-ca.pem of the WFM.',
          cause: error,
        });
      }
      throw new OperatorError('unreachable', code, `The operator API at ${url} cannot be reached.`, {
        seen: code,
        nextStep: 'Check that the WFM runs: muster wfm start',
        cause: error,
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
