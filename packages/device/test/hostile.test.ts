/** WFMs that answer what they should not: the device stays who it is, and says calmly what it saw. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type DeviceEvent, join, runAgent, status } from '../src/index.ts';
import { answer, isOnboarding, type OtherServers, startOtherServers } from './support/other-servers.ts';
import { contentOf } from './support/content.ts';

const root = await mkdtemp(joinPath(tmpdir(), 'muster-hostile-'));
after(() => rm(root, { recursive: true, force: true }));
let count = 0;
const fresh = (): string => joinPath(root, `state${count++}`);
let servers: OtherServers;
before(async () => {
  servers = await startOtherServers();
});
after(() => servers.close());

describe('another clientId than before', () => {
  it('is refused by the daemon, which keeps its state, and accepted by whoever joins again', async () => {
    let [given, known] = ['c-1', 'c-1'];
    const trust = await servers.serve((request, response) => {
      if (isOnboarding(request)) return answer(response, 201, { clientId: given });
      const isKnown = request.url?.includes(`/clients/${known}/`) === true;
      return isKnown
        ? answer(response, 201)
        : answer(response, 404, { type: 'https://docs.margo.org/specification/problems/invalid-client' });
    });
    const stateDirectory = fresh();
    assert.equal((await join({ stateDirectory, trust })).clientId, 'c-1');
    [given, known] = ['c-2', 'c-2'];
    const before = await contentOf(stateDirectory);
    const controller = new AbortController();
    const states: Extract<DeviceEvent, { event: 'state' }>[] = [];
    const until = async (wanted: string): Promise<void> => {
      for (let i = 0; i < 200 && states.at(-1)?.state !== wanted; i++)
        await new Promise((r) => setTimeout(r, 20));
      assert.equal(states.at(-1)?.state, wanted);
    };
    const running = runAgent({
      stateDirectory,
      pollSeconds: 0.1,
      heartbeatSeconds: 0.1,
      slowRetrySeconds: 0.1,
      spreadSeconds: 0,
      signal: controller.signal,
      onEvent: (e) => void (e.event === 'state' && states.push(e)),
    });
    await until('refused');
    const [refused] = states.filter((s) => s.state === 'refused');
    assert.match(refused?.detail ?? '', /another clientId. Seen: c-2/);
    assert.match(refused?.nextStep ?? '', /muster device join/);
    assert.deepEqual(await contentOf(stateDirectory), before);
    // The WFM is restored: the daemon goes on as the client that it was.
    known = 'c-1';
    await until('active');
    controller.abort();
    await running;
    assert.equal((await status({ stateDirectory })).clientId, 'c-1');
    known = 'c-2';
    const notices: string[] = [];
    const again = await join({
      stateDirectory,
      trust,
      onEvent: (e) => void (e.event === 'notice' && notices.push(e.text)),
    });
    assert.equal(again.clientId, 'c-2');
    assert.deepEqual(notices, ['The WFM has forgotten c-1; this device is c-2 now.']);
    assert.equal((await status({ stateDirectory })).clientId, 'c-2');
  });
});
