/** The limits of an exchange: each ends it, and none leaves anything behind. */
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { types } from 'node:util';
import { exchange } from '../src/http/exchange.ts';
import { Limit } from '../src/http/limit.ts';
import { isRefusal } from './support/ground.ts';
import { answer, type OtherServers, startOtherServers } from './support/other-servers.ts';

describe('an exchange', () => {
  let servers: OtherServers;
  before(async () => {
    servers = await startOtherServers();
  });
  after(() => servers.close());

  /** What the runtime keeps with a signal, such as the signals that depend on it. */
  const keptWith = (signal: AbortSignal): number =>
    Object.getOwnPropertySymbols(signal)
      .map((symbol) => (signal as unknown as Record<symbol, unknown>)[symbol])
      .reduce<number>((sum, value) => sum + (types.isSet(value) ? value.size : 0), 0);

  it('leaves nothing with the signal of whoever asks: a daemon lives for years on one', async () => {
    const { signal } = new AbortController();
    const served = await servers.serve((_request, response) => answer(response, 200));
    const ca = { kind: 'ca', pem: [servers.ca.pem] } as const;
    for (let i = 0; i < 20; i++)
      await exchange({ url: `${served.url}/`, method: 'GET', anchors: ca, signal });
    await assert.rejects(
      exchange({ url: 'https://127.0.0.1:1/', method: 'GET', anchors: ca, signal }),
      isRefusal('unreachable'),
    );
    assert.equal(getEventListeners(signal, 'abort').length, 0);
    assert.equal(keptWith(signal), 0);
    // That this would be seen.
    AbortSignal.any([signal]);
    assert.equal(keptWith(signal), 1);
  });

  it('ends when its time is over, and when whoever asks does not want it any more', async () => {
    const served = await servers.serve(() => undefined);
    const o = {
      url: `${served.url}/`,
      method: 'GET',
      anchors: { kind: 'ca', pem: [servers.ca.pem] },
    } as const;
    await assert.rejects(
      exchange({ ...o, timeoutMilliseconds: 50 }),
      isRefusal('unreachable', /has not answered in time/),
    );
    const controller = new AbortController();
    const asked = exchange({ ...o, signal: controller.signal });
    controller.abort();
    await assert.rejects(asked, isRefusal('aborted'));
    await assert.rejects(exchange({ ...o, signal: controller.signal }), isRefusal('aborted'));
    const limit = new Limit(1_000, controller.signal);
    assert.deepEqual([limit.signal.aborted, limit.isLate], [true, false]);
    limit.end();
  });
});
