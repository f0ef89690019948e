/** What most tests of the client stand on: a folder of their own, real WFMs, their operators, and daemons. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { startWfm, type Wfm, type WfmSettings } from '@muster/wfm';
import {
  type AgentOptions,
  DeviceError,
  type DeviceErrorCode,
  type DeviceEvent,
  runAgent,
} from '../../src/index.ts';

export type Json = Record<string, unknown>;

interface Ground {
  readonly root: string;
  /** A path below the root that nobody has used. */
  fresh(name?: string): string;
  /** Starts a WFM that lets everybody in and decides at once, unless the settings say otherwise. */
  serve(settings?: Partial<WfmSettings>): Promise<Wfm>;
}

/** Makes the ground; at the end of the file's tests, or of the suite's, the WFMs end and the folder goes. */
export async function layGround(name: string): Promise<Ground> {
  const root = await mkdtemp(join(tmpdir(), `muster-${name}-`));
  const wfms: Wfm[] = [];
  after(async () => {
    for (const wfm of wfms) await wfm.close();
    await rm(root, { recursive: true, force: true });
  });
  let count = 0;
  const fresh = (kind = 'state'): string => join(root, `${kind}${count++}`);
  return {
    root,
    fresh,
    async serve(settings = {}) {
      const wfm = await startWfm({
        data: fresh('wfm'),
        deviceListen: '127.0.0.1:0',
        operatorListen: '127.0.0.1:0',
        admission: 'open',
        logLevel: 'silent',
        holdSeconds: 0,
        retryAfterSeconds: 1,
        ...settings,
      });
      wfms.push(wfm);
      return wfm;
    },
  };
}

/** Asks a WFM's operator API, as its first administrator. */
export async function operator(wfm: Wfm, method: string, path: string, body?: object): Promise<Json> {
  const ca = await readFile(wfm.operatorCaFile, 'utf8');
  const token = (await readFile(wfm.operatorTokenFile, 'utf8')).trim();
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const url = `${wfm.operatorUrl}/operator/v1${path}`;
    const outgoing = request(url, { method, ca, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString() || '{}') as Json));
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** All that a WFM has of one kind. */
export async function itemsOf<T = Json>(wfm: Wfm, path: string): Promise<T[]> {
  return (await operator(wfm, 'GET', path))['items'] as T[];
}

/** Looks until there is something to see. */
export async function until<T>(look: () => Promise<T | false> | T | false): Promise<T> {
  for (let i = 0; i < 600; i++) {
    const seen = await look();
    if (seen !== false) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('not seen in time');
}

export interface Daemon {
  readonly events: DeviceEvent[];
  /** Waits for an event that has come or will come. */
  until(what: (e: DeviceEvent) => boolean): Promise<DeviceEvent>;
  stop(): Promise<void>;
}

/** Whether an event says that the daemon is in a state. */
export const isState =
  (wanted: string) =>
  (e: DeviceEvent): boolean =>
    e.event === 'state' && e.state === wanted;

/** Runs a daemon that looks ten times a second. */
export function runDaemon(stateDirectory: string, more: Partial<AgentOptions> = {}): Daemon {
  const controller = new AbortController();
  const events: DeviceEvent[] = [];
  const watchers = new Set<() => void>();
  const ended = runAgent({
    stateDirectory,
    pollSeconds: 0.1,
    slowRetrySeconds: 0.3,
    spreadSeconds: 0,
    signal: controller.signal,
    ...more,
    onEvent: (e) => {
      events.push(e);
      more.onEvent?.(e);
      for (const watcher of watchers) watcher();
    },
  });
  ended.catch(() => undefined);
  return {
    events,
    until: (what) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = events.findLast(what);
          if (found === undefined) return;
          watchers.delete(look);
          clearTimeout(timer);
          resolve(found);
        };
        const timer = setTimeout(
          () => reject(new Error(`not seen; ${JSON.stringify(events.slice(-5))}`)),
          20_000,
        );
        watchers.add(look);
        ended.catch(reject);
        look();
      }),
    async stop() {
      controller.abort();
      await ended;
    },
  };
}

/** Whether an error is the client's, of a kind, with a next step; and its message, where one is given. */
export const isRefusal =
  (code: DeviceErrorCode, message = /./) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof DeviceError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(`${error.message} ${error.seen ?? ''}`, message);
    return error.nextStep !== '';
  };
