/**
 * Kills the real WFM at random moments while devices onboard and rotate and an operator approves, imports lists of thousands,
 * takes clients over, lets clients leave with their file, and rotates the root CA. After each kill everything is either before
 * or after, never between; nobody is lost, nobody doubled. One drill for each process: what was promised is kept here.
 *
 * The points are random with a seed (MUSTER_DRILL_SEED); how many is MUSTER_DRILL_KILLS.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type TestClient, testClient } from '../../packages/wfm/test/support/wfm.ts';
import { type Carried, type List, makeList, otherWfm, type Running, start } from './support.ts';

let seed = Number(process.env['MUSTER_DRILL_SEED'] ?? 20_261);
const random = (): number => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
};

/** What was promised: the clientId of each key that was answered 201. */
const promised = new Map<string, string>();
/** Clients by their present key, as far as the devices know. */
const fleet: TestClient[] = [];
const waiting: TestClient[] = [];
/** Lists and clients that were sent, and whether the answer came; looked at after each kill. */
const lists: Array<{ list: List; isAnswered: boolean }> = [];
const carried: Array<{ client: Carried; isAnswered: boolean }> = [];
/** Clients that were to leave with their file; the file, when the answer came. */
const leaving: Array<{ clientId: string; file: string | null }> = [];
/** How what was cut came out. */
const cut = { listsBefore: 0, listsAfter: 0, clientsBefore: 0, clientsAfter: 0, leftBefore: 0, leftAfter: 0 };
const data = await mkdtemp(join(tmpdir(), 'muster-drill-'));
const carry = await otherWfm(join(data, 'other'));

async function takeOver(wfm: Running): Promise<string> {
  const client = await carry();
  const sent = { client, isAnswered: false };
  carried.push(sent);
  const answer = await wfm.operator('POST', '/clients/import', { file: client.file, acceptSigner: true });
  assert.equal(answer.status, 201, answer.text);
  sent.isAnswered = true;
  return client.clientId;
}

function keep(key: string, answer: Answer): boolean {
  if (answer.status !== 201) return false;
  const clientId = String(answer.body['clientId']);
  const before = promised.get(key);
  assert.ok(before === undefined || before === clientId, `${key} was ${before} and is ${clientId}`);
  promised.set(key, clientId);
  return true;
}

const operations: ReadonlyArray<(wfm: Running) => Promise<void>> = [
  async (wfm) => {
    const client = await testClient();
    waiting.push(client);
    await wfm.device(client);
  },
  async (wfm) => {
    const [client] = waiting.splice(Math.floor(random() * waiting.length), 1);
    if (client === undefined) return;
    let isIn = false;
    try {
      await wfm.operator('POST', `/enrollments/${client.certificate.sha256}/approve`);
      isIn = keep(client.keyid, await wfm.device(client));
    } finally {
      (isIn ? fleet : waiting).push(client);
    }
  },
  async (wfm) => {
    const list = await makeList(1_000 + Math.floor(random() * 2_000));
    const sent = { list, isAnswered: false };
    lists.push(sent);
    const answer = await wfm.operator('POST', '/preauthorizations', { items: list.items });
    assert.equal(answer.body['added'], list.items.length, answer.text.slice(0, 300));
    sent.isAnswered = true;
    const { device } = list;
    if (keep(device.keyid, await wfm.device(device))) fleet.push(device);
  },
  async (wfm) => void (await takeOver(wfm)),
  async (wfm) => {
    const sent: (typeof leaving)[number] = { clientId: await takeOver(wfm), file: null };
    leaving.push(sent);
    const answer = await wfm.operator('POST', `/clients/${sent.clientId}/export`, { retire: true });
    assert.equal(answer.status, 200, answer.text);
    sent.file = answer.text;
  },
  async (wfm) => {
    const index = Math.floor(random() * fleet.length);
    const old = fleet[index];
    const clientId = old === undefined ? undefined : promised.get(old.keyid);
    if (old === undefined || clientId === undefined) return;
    // Whether the answer comes or not: by trying again with both keys the device learns which of them counts.
    fleet.splice(index, 1);
    const next = await testClient();
    const rotate = (): Promise<Answer> => wfm.device(next, { second: { by: old, keyid: clientId } });
    try {
      const answer = await rotate();
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
      assert.equal(answer.body['clientId'], clientId);
      promised.set(next.keyid, clientId);
      promised.delete(old.keyid);
      fleet.push(next);
    } catch (error) {
      unsure.push({ old, next, clientId });
      throw error;
    }
  },
  async (wfm) => {
    const { body } = await wfm.operator('GET', '/trust');
    const step = { none: 'announce', announced: 'switch', switched: 'finish' }[String(body['stage'])];
    await wfm.operator('POST', '/trust/rotate', { step, force: true });
  },
  async (wfm) => {
    const client = fleet[Math.floor(random() * fleet.length)];
    if (client !== undefined) assert.ok(keep(client.keyid, await wfm.device(client)), 'a known key is known');
  },
];
const unsure: Array<{ old: TestClient; next: TestClient; clientId: string }> = [];

/** A list or a client that was sent is there whole, or not at all when its answer was lost. */
async function checkImports(wfm: Running): Promise<void> {
  for (const { list, isAnswered } of lists.splice(0)) {
    const { items } = list;
    const tried = await wfm.operator('POST', '/preauthorizations', { items, dryRun: true });
    assert.equal(tried.status, 200, tried.text.slice(0, 300));
    const { existing } = tried.body;
    if (existing === 0 && !isAnswered) cut.listsBefore++;
    else {
      assert.equal(existing, items.length, 'a list is there whole or not at all');
      if (!isAnswered) cut.listsAfter++;
    }
  }
  for (const { client, isAnswered } of carried.splice(0)) {
    const { status, body } = await wfm.operator('GET', `/clients/${client.clientId}`);
    if (status === 404 && !isAnswered) {
      cut.clientsBefore++;
      continue;
    }
    if (!isAnswered) cut.clientsAfter++;
    assert.deepEqual([status, body['labels']], [200, { site: 'north' }]);
    const { items } = (await wfm.operator('GET', `/devices?limit=100&clientId=${client.clientId}`)).body;
    assert.equal((items as unknown[]).length, client.devices, 'a client is there with all of its devices');
  }
}

/** Who was to leave is in service, or out of it with a file: the one that was answered. */
async function checkLeaving(wfm: Running): Promise<void> {
  for (const { clientId, file } of leaving.splice(0)) {
    const { state } = (await wfm.operator('GET', `/clients/${clientId}`)).body;
    if (state === 'active' && file === null) {
      cut.leftBefore++;
      continue;
    }
    assert.equal(state, 'retired');
    const again = await wfm.operator('POST', `/clients/${clientId}/export`, { retire: true });
    assert.equal(again.status, 200, 'who is out of service has its file');
    if (file === null) cut.leftAfter++;
    else assert.equal(again.text, file, 'the same file again');
  }
}

async function check(wfm: Running): Promise<void> {
  const audit = await wfm.operator('GET', '/audit/verify');
  assert.equal(audit.body['ok'], true, JSON.stringify(audit.body));
  // A rotation whose answer was lost is made again, and lands on the same identity.
  for (const { old, next, clientId } of unsure.splice(0)) {
    const answer = await wfm.device(next, { second: { by: old, keyid: clientId } });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    assert.equal(answer.body['clientId'], clientId);
    promised.delete(old.keyid);
    promised.set(next.keyid, clientId);
    fleet.push(next);
  }
  const byKey = new Map<string, string>();
  let cursor: string | null = null;
  let count = 0;
  do {
    const { body } = await wfm.operator(
      'GET',
      `/clients?limit=1000${cursor === null ? '' : `&cursor=${cursor}`}`,
    );
    for (const c of body['items'] as Array<{ clientId: string; keyFingerprint: string }>) {
      byKey.set(c.keyFingerprint.slice('sha256:'.length), c.clientId);
      count++;
    }
    cursor = body['nextCursor'] as string | null;
  } while (cursor !== null);
  assert.equal(byKey.size, count, 'no key has two clients');
  assert.equal(new Set(byKey.values()).size, count, 'no clientId is there twice');
  for (const [key, clientId] of promised)
    assert.equal(byKey.get(key), clientId, 'what was promised is there');
  await checkImports(wfm);
  await checkLeaving(wfm);
  const trust = await wfm.operator('GET', '/trust');
  const pins = (trust.body['certificates'] as unknown[]).length;
  assert.equal(pins, trust.body['stage'] === 'none' ? 1 : 2);
}

/** Lets everybody work until so much is done, and a moment longer; then kills the WFM in the middle of it. */
async function workAndKill(wfm: Running): Promise<void> {
  const killed = once(wfm.child, 'exit');
  let over = false;
  let left = 1 + Math.floor(random() * 20);
  let enough = (): void => undefined;
  const reached = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const worker = async (): Promise<void> => {
    while (!over) {
      const operation = operations[Math.floor(random() * operations.length)];
      try {
        await operation?.(wfm);
        if (--left === 0) enough();
      } catch (error) {
        // The connection broke off: what came of it is looked at after the restart. Anything else is a finding.
        if (error instanceof assert.AssertionError || !(error instanceof Error && 'code' in error))
          throw error;
      }
    }
  };
  const work = Promise.all([worker(), worker(), worker()]);
  const moment = reached.then(() => sleep(random() * 60));
  await Promise.race([moment, sleep(5_000), work]).finally(() => {
    over = true;
    wfm.child.kill('SIGKILL');
  });
  await killed;
  await work;
}

/**
 * Kills the WFM so many times, and looks after each.
 * @param more further arguments of the WFM
 */
export async function drill(t: TestContext, kills: number, ...more: string[]): Promise<void> {
  let running: Running | undefined;
  try {
    let port = 0;
    for (let i = 0; i <= kills; i++) {
      running = await start(data, port, ...more);
      port = Number(new URL(running.url).port);
      await check(running);
      if (i < kills) await workAndKill(running);
    }
    t.diagnostic(`${promised.size} identities; cut in the middle: ${JSON.stringify(cut)}`);
    assert.ok(promised.size > kills / 2, `${promised.size} identities`);
  } finally {
    const child = running?.child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    await rm(data, { recursive: true, force: true });
  }
}
