/** The webhooks commands against a real WFM and a real HTTPS receiver. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startReceiver, type TestReceiver } from '../../packages/wfm/test/support/receiver.ts';
import { commandIn, kill } from '../support/command.ts';

const root = await mkdtemp(join(tmpdir(), 'muster-e2e-webhooks-'));
const { muster, startWfm } = commandIn(root, {
  ...process.env,
  MUSTER_DATA: join(root, 'wfm'),
  MUSTER_LAUNCHED: '',
});

describe('muster webhooks', () => {
  let wfm: ChildProcess;
  let receiver: TestReceiver;
  before(async () => {
    receiver = await startReceiver();
    await writeFile(join(root, 'ca.pem'), receiver.ca);
    wfm = (
      await startWfm(
        '--webhook-retry-seconds',
        '0.05',
        '--webhook-tries',
        '2',
        '--webhook-timeout-seconds',
        '2',
      )
    ).child;
  });
  after(async () => {
    await kill(wfm, 'SIGTERM');
    await receiver.stop();
    await rm(root, { recursive: true, force: true });
  });

  const eventsTold = async (): Promise<Array<Record<string, unknown>>> =>
    (await receiver.until(1)).map((request) => request.json['event'] as Record<string, unknown>);

  it('adds, tests, tells, keeps what nobody took, puts it back, and removes', async () => {
    const added = await muster(
      'webhooks',
      'add',
      'erp',
      receiver.url,
      '--types',
      'token.',
      '--ca',
      'ca.pem',
      '--json',
    );
    assert.equal(added.code, 0, added.stderr);
    const tested = await muster('webhooks', 'test', 'erp', '--json');
    assert.equal(tested.code, 0, tested.stderr);
    assert.equal(tested.json['isTaken'], true);
    assert.match((await muster('webhooks', 'list')).stdout, /erp +events/);
    receiver.received.length = 0;
    assert.equal((await muster('tokens', 'create', 'one', '--role', 'viewer')).code, 0);
    assert.deepEqual(
      (await eventsTold()).map((event) => event['action']),
      ['token.created'],
    );

    receiver.answer = () => ({ status: 500 });
    const refused = await muster('webhooks', 'test', 'erp', '--json');
    assert.equal(refused.code, 3);
    assert.match(JSON.stringify(refused.json), /500/);
    assert.equal((await muster('tokens', 'create', 'two', '--role', 'viewer')).code, 0);
    let letters: unknown[] = [];
    for (let i = 0; i < 100 && letters.length === 0; i++)
      letters = (await muster('webhooks', 'dead-letters', 'erp', '--json')).json['items'] as unknown[];
    assert.equal(letters.length, 1);
    receiver.answer = () => ({});
    receiver.received.length = 0;
    assert.equal((await muster('webhooks', 'retry', 'erp')).code, 0);
    assert.deepEqual(
      (await eventsTold()).map((event) => event['subject']),
      ['two'],
    );

    assert.equal((await muster('webhooks', 'remove', 'erp')).code, 0);
    assert.equal((await muster('webhooks', 'show', 'erp')).code, 3);
  });
});
