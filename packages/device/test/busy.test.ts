/** The client and a real WFM that has more to do than it can. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, it } from 'node:test';
import { startWfm } from '@muster/wfm';
import { DeviceError, type DeviceEvent, join } from '../src/index.ts';

const root = await mkdtemp(joinPath(tmpdir(), 'muster-busy-'));
after(() => rm(root, { recursive: true, force: true }));
let count = 0;

it('comes again when a real WFM is busy', async () => {
  const busy = await startWfm({
    data: joinPath(root, 'busy'),
    deviceListen: '127.0.0.1:0',
    operatorListen: '127.0.0.1:0',
    admission: 'hold',
    holdSeconds: 5,
    maxRequests: 1,
    logLevel: 'silent',
  });
  const stop = new AbortController();
  const joinBusy = (onEvent: (event: DeviceEvent) => void): Promise<unknown> =>
    assert.rejects(
      join({
        stateDirectory: joinPath(root, `state${count++}`),
        trust: { joinString: busy.joinString },
        signal: stop.signal,
        onEvent,
      }),
      (e) => e instanceof DeviceError && e.code === 'aborted',
    );
  try {
    // The first is held for an operator, the second comes into its way: one of them hears that it is too many.
    const reasons: string[] = [];
    const note = (event: DeviceEvent): void => {
      if (event.event !== 'retry') return;
      reasons.push(event.reason);
      assert.ok(event.afterSeconds >= 2);
      stop.abort();
    };
    await Promise.all([joinBusy(note), joinBusy(note)]);
    assert.deepEqual(reasons, ['The WFM answers 503.']);
  } finally {
    stop.abort();
    await busy.close();
  }
});
