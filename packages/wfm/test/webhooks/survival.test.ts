/** What happened is told although the WFM was killed in between, and once although two instances could tell it. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { it } from 'node:test';
import { readCertificateFile } from '@muster/pki';
import { startPostgres } from '../support/postgres.ts';
import { type Received, startReceiver } from '../support/receiver.ts';
import { type Answer, call, onboard, type Rig, startRig, testClient } from '../support/wfm.ts';

const repository = new URL('../../../../', import.meta.url);
const seqOf = (request: Received): number => (request.json['event'] as { seq: number }).seq;

interface Running {
  readonly child: ChildProcess;
  readonly rig: Rig;
  operator(path: string, body: object): Promise<Answer>;
}

async function start(data: string, ...more: string[]): Promise<Running> {
  const child = spawn(
    process.execPath,
    [
      '--import',
      new URL('scripts/strip-cache.mjs', repository).href,
      new URL('packages/cli/src/main.ts', repository).pathname,
      ...`wfm start --json --data ${data} --admission open --log-level error --webhook-retry-seconds 1 --webhook-timeout-seconds 2`.split(
        ' ',
      ),
      ...'--device-listen 127.0.0.1:0 --operator-listen 127.0.0.1:0'.split(' '),
      ...more,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, MUSTER_LAUNCHED: '' } },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = JSON.parse(line) as { deviceUrl: string; operatorUrl: string; operatorTokenFile: string };
    const ca = await readFile(join(data, 'operator-ca.pem'), 'utf8');
    const token = (await readFile(ready.operatorTokenFile, 'utf8')).trim();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const { deviceUrl: url, operatorUrl } = ready;
    return {
      child,
      rig: { url, send: (o: Parameters<Rig['send']>[0]) => call(url, ca, o) } as Rig,
      operator: (path, body) =>
        call(operatorUrl, ca, {
          method: 'POST',
          path: `/operator/v1${path}`,
          headers,
          body: JSON.stringify(body),
        }),
    };
  }
  throw new Error('the WFM ended before it was ready');
}

async function kill({ child }: Running): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

it('an event that was not taken before kill -9 is told after the restart', async () => {
  const data = await mkdtemp(join(tmpdir(), 'muster-webhook-'));
  const receiver = await startReceiver();
  const running: Running[] = [];
  try {
    const first = await start(data);
    running.push(first);
    const { url, ca } = receiver;
    const added = await first.operator('/webhooks', { name: 'erp', url, ca, types: ['client.'] });
    assert.equal(added.status, 201, added.text);
    receiver.answer = () => ({ silent: true });
    assert.equal((await onboard(first.rig, await testClient())).status, 201);
    const [tried] = await receiver.until(1);
    assert.ok(tried);
    assert.equal((await onboard(first.rig, await testClient())).status, 201);
    await kill(first);
    receiver.answer = () => ({});
    running.push(await start(data));
    // The lease of the one that was killed has to run out first: twice the time of a request.
    const got = await receiver.until(3);
    assert.equal(seqOf(got[1] as Received), seqOf(tried));
    assert.ok(seqOf(got[2] as Received) > seqOf(tried));
  } finally {
    for (const one of running)
      if (one.child.exitCode === null && one.child.signalCode === null) await kill(one);
    await receiver.stop();
    await rm(data, { recursive: true, force: true });
  }
});

it('two instances tell each event once, in order, and one goes on when the other is gone', async () => {
  const postgres = await startPostgres();
  const receiver = await startReceiver();
  const rigs: Rig[] = [];
  try {
    const database = await postgres.database('webhooks');
    const settings = {
      database,
      admission: 'open' as const,
      webhookTimeoutSeconds: 1,
      webhookRetrySeconds: 0.05,
    };
    rigs.push(await startRig(settings), await startRig(settings));
    const [a, b] = rigs as [Rig, Rig];
    const { url, ca } = receiver;
    await a.operator('POST', '/webhooks', { name: 'erp', url, ca, types: ['client.'] });
    for (let i = 0; i < 10; i++) await onboard(i % 2 === 0 ? a : b, await testClient());
    await receiver.until(10);
    await rigs.shift()?.stop();
    await onboard(b, await testClient());
    const seqs = (await receiver.until(11)).map(seqOf);
    assert.deepEqual(
      seqs,
      [...new Set(seqs)].sort((x, y) => x - y),
    );
    assert.equal(seqs.length, 11);
  } finally {
    for (const rig of rigs) await rig.stop();
    await receiver.stop();
    await postgres.stop();
  }
});

it('when the instance that tells is killed, another one goes on where it was, and loses nothing', async () => {
  const postgres = await startPostgres();
  const receiver = await startReceiver();
  const data = await mkdtemp(join(tmpdir(), 'muster-webhook-'));
  const running: Running[] = [];
  try {
    const database = await postgres.database('takeover');
    // The first has made the administrator's token of this database.
    for (const name of ['one', 'two']) running.push(await start(join(data, name), '--database', database));
    const [one, two] = running as [Running, Running];
    const { url, ca } = receiver;
    const added = await one.operator('/webhooks', { name: 'erp', url, ca, types: ['client.'] });
    assert.equal(added.status, 201, added.text);
    // Two are taken; the third is on its way when the instance dies.
    receiver.answer = () => (receiver.received.length < 3 ? {} : { silent: true });
    for (let i = 0; i < 8; i++)
      assert.equal((await onboard((i % 2 === 0 ? one : two).rig, await testClient())).status, 201);
    await receiver.until(3);
    const signers = await Promise.all(
      ['one', 'two'].map(async (name) => {
        const pem = await readFile(join(data, name, 'trust', 'webhook.pem'), 'utf8');
        return readCertificateFile(Buffer.from(pem))[0]?.spkiSha256 ?? '';
      }),
    );
    // Each instance signs with a key of its own: whoever has sent the last is the one to die.
    const last = String(receiver.received.at(-1)?.rawHeaders);
    const teller = last.includes(signers[0] ?? '') ? one : two;
    assert.ok(signers.every((key) => key !== '') && signers.some((key) => last.includes(key)), last);
    await kill(teller);
    const before = receiver.received.length;
    receiver.answer = () => ({});
    const third = seqOf(receiver.received[2] as Received);
    await receiver.until(5, (request) => seqOf(request) > third);
    const seqs = receiver.received.map(seqOf);
    assert.ok(
      seqs.slice(2, before).every((seq) => seq === third),
      'nothing overtakes what is not taken',
    );
    assert.equal(seqs[before], third, 'what was on its way is told again');
    const told = [...seqs.slice(0, 2), ...seqs.slice(before)];
    assert.deepEqual(
      told,
      [...new Set(told)].toSorted((x, y) => x - y),
      'each once, in order',
    );
    assert.equal(told.length, 8);
  } finally {
    for (const it of running) if (it.child.exitCode === null && it.child.signalCode === null) await kill(it);
    await receiver.stop();
    await postgres.stop();
    await rm(data, { recursive: true, force: true });
  }
});
