/** Leaving while the WFM has not decided: WFMs of other makers, and ones that are away. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as at } from 'node:path';
import { after, before, it } from 'node:test';
import { DeviceError, join, leave, status } from '../src/index.ts';
import { answer, isOnboarding, type OtherServers, startOtherServers } from './support/other-servers.ts';

let servers: OtherServers;
const root = await mkdtemp(at(tmpdir(), 'muster-take-back-'));
before(async () => {
  servers = await startOtherServers();
});
after(async () => {
  servers.close();
  await rm(root, { recursive: true, force: true });
});

const isCode = (code: string) => (error: unknown) => error instanceof DeviceError && error.code === code;

it('forgets a WFM that cannot take a request back, keeps one that is busy, and does each by itself', async () => {
  const stateDirectory = at(root, 'd');
  let withdrawal = 503;
  const paths: string[] = [];
  const wait = (wfm: { url: string; caPin: string }) =>
    assert.rejects(join({ stateDirectory, trust: wfm, timeoutSeconds: 0 }), isCode('timeout'));
  const other = await servers.serve((request, response) =>
    isOnboarding(request)
      ? answer(response, 403, {}, { 'retry-after': '60' })
      : answer(response, 404, { title: 'no such path' }),
  );
  const busy = await servers.serve((request, response) => {
    paths.push(`${request.method} ${request.url}`);
    return isOnboarding(request)
      ? answer(response, 403, {}, { 'retry-after': '60' })
      : answer(response, withdrawal);
  });
  await wait(other);
  await wait(busy);
  await assert.rejects(leave({ stateDirectory, forgetKey: true }), isCode('unreachable'));
  withdrawal = 401;
  await assert.rejects(leave({ stateDirectory, forgetKey: true }), isCode('refused'));
  withdrawal = 204;
  assert.deepEqual(await leave({ stateDirectory }), {
    clientId: null,
    removed: false,
    // The other one was forgotten with the first try.
    requests: [{ wfm: busy.url, takenBack: true }],
  });
  assert.equal(paths.at(-1), 'POST /api/v1/onboarding/withdrawal');
  assert.equal((await status({ stateDirectory })).state, 'unbound');
  await assert.rejects(leave({ stateDirectory }), isCode('not-joined'));
  await wait(other);
  assert.deepEqual(await leave({ stateDirectory, forgetKey: true }), {
    clientId: null,
    removed: false,
    requests: [{ wfm: other.url, takenBack: false }],
  });
});
