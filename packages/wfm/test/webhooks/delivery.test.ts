/** Webhooks for events, with real HTTPS receivers: signed, in order, tried again, kept when nobody takes them. */
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { readRetryAfter, waitBeforeRetry } from '../../src/webhooks/backoff.ts';
import { type Received, startReceiver, type TestReceiver, verifyReceived } from '../support/receiver.ts';
import { type Answer, onboard, type Rig, startRig, testClient } from '../support/wfm.ts';

interface Event {
  readonly seq: number;
  readonly action: string;
  readonly subject: string;
}
const eventOf = (request: Received): Event => request.json['event'] as Event;
const seqs = (requests: readonly Received[]): number[] => requests.map((r) => eventOf(r).seq);

interface Example {
  isFromMuster(request: object, certificate: string, now?: number): boolean;
}

/** The code that docs/webhooks.md gives to receivers, as it stands there. */
async function exampleOfTheDocs(): Promise<Example> {
  const page = await readFile(new URL('../../../../docs/webhooks.md', import.meta.url), 'utf8');
  const code = /```js\n(.*?)```/s.exec(page)?.[1] ?? '';
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as Example;
}

describe('webhooks', () => {
  let rig: Rig;
  let receiver: TestReceiver;
  const added: string[] = [];
  before(async () => {
    rig = await startRig({
      admission: 'open',
      webhookTimeoutSeconds: 0.6,
      webhookRetrySeconds: 0.02,
      webhookTries: 3,
    });
    receiver = await startReceiver();
  });
  afterEach(async () => {
    for (const name of added.splice(0)) await rig.operator('DELETE', `/webhooks/${name}`);
    receiver.answer = () => ({});
    receiver.received.length = 0;
  });
  after(async () => {
    await rig.stop();
    await receiver.stop();
  });
  const add = (name: string, more: object = {}): Promise<Answer> => {
    added.push(name);
    const { url, ca } = receiver;
    return rig.operator('POST', '/webhooks', { name, url, ca, types: ['client.'], ...more });
  };
  const happen = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) assert.equal((await onboard(rig, await testClient())).status, 201);
  };
  const letters = async (name: string): Promise<Array<Record<string, unknown>>> =>
    (await rig.operator('GET', `/webhooks/${name}/dead-letters`)).body['items'] as Array<
      Record<string, unknown>
    >;

  /** Waits for something that comes about by itself. */
  async function eventually<T>(read: () => Promise<T | null>): Promise<T> {
    for (let i = 0; i < 200; i++) {
      const found = await read();
      if (found !== null) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('it did not come about');
  }

  it('tell each event once, in order, with a signature that others verify', async () => {
    assert.equal((await add('erp')).status, 201);
    await happen(3);
    const got = await receiver.until(3);
    const shown = (await rig.operator('GET', '/webhooks/erp')).body;
    const { certificate, keyid } = shown['signer'] as { certificate: string; keyid: string };
    for (const request of got) {
      await verifyReceived(request, receiver.host, certificate);
      assert.ok(request.rawHeaders.some((value) => value.includes(`keyid="${keyid}"`)));
      assert.equal(request.json['webhook'], 'erp');
      assert.equal(eventOf(request).action, 'client.admitted');
    }
    const { isFromMuster } = await exampleOfTheDocs();
    for (const { method, rawHeaders, body } of got) {
      const headers: Record<string, string> = {};
      for (let i = 0; i < rawHeaders.length; i += 2)
        headers[(rawHeaders[i] ?? '').toLowerCase()] = rawHeaders[i + 1] ?? '';
      const { url } = receiver;
      assert.equal(isFromMuster({ url, method, headers, body }, certificate), true);
      assert.equal(isFromMuster({ url: `${url}8`, method, headers, body }, certificate), false);
      assert.equal(isFromMuster({ url, method, headers, body: Buffer.from('{}') }, certificate), false);
      assert.equal(isFromMuster({ url, method, headers, body }, certificate, Date.now() / 1000 + 400), false);
    }
    const { items } = (await rig.operator('GET', '/audit?limit=1000')).body as { items: Event[] };
    const known = items.filter((e) => e.action === 'client.admitted').map((e) => e.seq);
    assert.deepEqual(seqs(got), known.slice(-3));
    const [first] = got;
    assert.ok(first);
    await assert.rejects(verifyReceived({ ...first, path: '/other' }, receiver.host, certificate));
    const forged = { ...first, body: Buffer.from('{}') };
    await assert.rejects(verifyReceived(forged, receiver.host, certificate));
  });

  it('sign with a key that nobody else can read', async () => {
    const trust = join(dirname(rig.wfm.operatorTokenFile), 'trust');
    assert.equal((await stat(join(trust, 'webhook-key.pem'))).mode & 0o777, 0o600);
  });

  it('try again, in order, and wait as long as the receiver says', async () => {
    await add('erp');
    let tries = 0;
    receiver.answer = () => (++tries === 1 ? { status: 503, headers: { 'retry-after': '1' } } : {});
    await happen(2);
    const got = await receiver.until(3);
    const [a, b, c] = seqs(got);
    assert.ok(a === b && (c ?? 0) > (b ?? 0), `${seqs(got)}`);
    assert.ok((got[1]?.at ?? 0) - (got[0]?.at ?? 0) >= 1_000);
  });

  it('keep what was refused too often as dead letters, go on, and put it back when told', async () => {
    await add('erp');
    const firstSeq = (): number => eventOf(receiver.received[0] as Received).seq;
    receiver.answer = (request) =>
      eventOf(request).seq === firstSeq() ? { status: 302, headers: { location: '/muster' } } : {};
    await happen(2);
    const got = await receiver.until(4);
    assert.deepEqual(
      seqs(got).map((seq) => seq === firstSeq()),
      [true, true, true, false],
      'three tries, and then the next',
    );
    const [letter] = await letters('erp');
    assert.equal(letter?.['seq'], firstSeq());
    assert.deepEqual([letter?.['tries'], letter?.['lastStatus']], [3, 302]);
    assert.match(String(letter?.['lastError']), /redirects are not followed/);
    const dead = firstSeq();
    receiver.answer = () => ({});
    const retried = await rig.operator('POST', '/webhooks/erp/retry', {});
    assert.deepEqual(retried.body, { queued: 1 });
    assert.equal(eventOf((await receiver.until(5))[4] as Received).seq, dead);
    await eventually(async () => ((await letters('erp')).length === 0 ? true : null));
    assert.deepEqual((await rig.operator('POST', '/webhooks/erp/retry', {})).body, { queued: 0 });
  });

  it('wait for nobody: a silent receiver delays neither devices nor other receivers', async () => {
    const dead = await startReceiver();
    dead.answer = () => ({ silent: true });
    try {
      await add('silent', { url: dead.url, ca: dead.ca });
      await add('erp');
      await happen(1);
      await dead.until(1);
      const began = Date.now();
      await happen(5);
      assert.ok(Date.now() - began < 3_000);
      await receiver.until(6);
      const shown = await eventually(async () => {
        const { body } = await rig.operator('GET', '/webhooks/silent');
        return body['lastError'] === null ? null : body;
      });
      assert.match(String(shown['lastError']), /no answer within 0.6 s/);
    } finally {
      await rig.operator('DELETE', '/webhooks/silent');
      await dead.stop();
    }
  });

  it('tell what a test came to: taken, refused, untrusted, nobody there', async () => {
    await add('erp');
    const test = async (name: string): Promise<Record<string, unknown>> =>
      (await rig.operator('POST', `/webhooks/${name}/test`)).body;
    const taken = await test('erp');
    assert.deepEqual([taken['isTaken'], taken['status'], taken['error']], [true, 204, null]);
    assert.equal(eventOf(receiver.received[0] as Received).action, 'test');
    receiver.answer = () => ({ status: 500 });
    assert.equal((await test('erp'))['error'], 'It answered 500.');
    receiver.answer = () => ({ status: 200, body: 'x'.repeat(70_000) });
    assert.match(String((await test('erp'))['error']), /larger than 65536 bytes/);
    await add('untrusted', { ca: undefined });
    assert.match(String((await test('untrusted'))['error']), /is not trusted/);
    await add('nobody', { url: 'http://127.0.0.1:1/', ca: undefined });
    assert.match(String((await test('nobody'))['error']), /ECONNREFUSED/);
  });

  it('keep what happens while they are disabled', async () => {
    await add('erp');
    assert.equal((await rig.operator('POST', '/webhooks/erp/disable')).body['enabled'], false);
    assert.equal((await rig.operator('POST', '/webhooks/erp/disable')).body['enabled'], false);
    await happen(2);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    assert.equal(receiver.received.length, 0);
    await rig.operator('POST', '/webhooks/erp/enable');
    await receiver.until(2);
  });

  it('are added once, and refused when they cannot be used', async () => {
    assert.equal((await add('erp')).status, 201);
    assert.equal((await add('erp')).status, 200);
    const conflict = await add('erp', { types: [] });
    assert.equal(conflict.status, 409);
    assert.equal((conflict.body['present'] as { name: string }).name, 'erp');
    for (const [more, field] of [
      [{ url: 'http://erp.example/' }, 'url'],
      [{ url: 'https://me:secret@erp.example/' }, 'url'],
      [{ url: 'ftp://localhost/' }, 'url'],
      [{ url: 'https://erp.example/#x' }, 'url'],
      [{ url: 'nonsense' }, 'url'],
      [{ ca: 'nonsense' }, 'ca'],
      [{ kind: 'admission' }, 'types'],
    ] as const) {
      const refused = await add('bad', more);
      assert.equal(refused.status, 422, JSON.stringify(more));
      assert.equal((refused.body['errors'] as Array<{ field: string }>)[0]?.field, field);
    }
    assert.equal((await rig.operator('GET', '/webhooks/nobody')).status, 404);
    assert.equal((await rig.operator('DELETE', '/webhooks/never-there')).status, 404);
    const { items } = (await rig.operator('GET', '/webhooks')).body as { items: Array<{ name: string }> };
    assert.deepEqual(
      items.map((w) => w.name),
      ['erp'],
    );
    const token = (await rig.operator('POST', '/tokens', { name: 'op', role: 'operator' })).body['token'];
    assert.equal((await rig.operator('GET', '/webhooks', undefined, String(token))).status, 403);
    const { body } = await rig.operator('GET', '/audit?limit=1000');
    const actions = (body['items'] as Event[]).map((e) => e.action);
    for (const verb of ['added', 'removed', 'disabled', 'enabled', 'tested', 'retried'])
      assert.ok(actions.includes(`webhook.${verb}`), verb);
  });
});

it('waits twice as long after each failure, less a random part, and as long as it is told', () => {
  const wait = (tries: number, random: number, retryAfterSeconds: number | null = null): number =>
    waitBeforeRetry({ tries, firstMilliseconds: 1_000, retryAfterSeconds, random });
  assert.deepEqual([wait(1, 0), wait(2, 0), wait(5, 0), wait(20, 0)], [1_000, 2_000, 16_000, 300_000]);
  assert.deepEqual([wait(2, 1), wait(2, 0.5)], [1_000, 1_500]);
  assert.deepEqual([wait(1, 0, 30), wait(1, 0, 10_000_000), wait(9, 0, 1)], [30_000, 86_400_000, 256_000]);
  assert.equal(readRetryAfter('120', 0), 120);
  assert.equal(readRetryAfter('Thu, 01 Jan 1970 00:01:00 GMT', 1_000), 59);
  assert.equal(readRetryAfter('Thu, 01 Jan 1970 00:01:00 GMT', 90_000), 0);
  assert.deepEqual([readRetryAfter(undefined, 0), readRetryAfter('soon', 0)], [null, null]);
});
