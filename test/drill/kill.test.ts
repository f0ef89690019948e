/**
 * Kills the real WFM at random moments while devices onboard and rotate and an operator approves, imports and rotates the
 * root CA. After each kill everything is either before or after, never between; nobody is lost, nobody doubled.
 *
 * The points are random with a seed (MUSTER_DRILL_SEED); how many is MUSTER_DRILL_KILLS.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Answer,
  call,
  onboard,
  type OnboardExtras,
  type Rig,
  type TestClient,
  testClient,
} from '../../packages/wfm/test/support/wfm.ts';

const kills = Number(process.env['MUSTER_DRILL_KILLS'] ?? 25);
let seed = Number(process.env['MUSTER_DRILL_SEED'] ?? 20_261);
const random = (): number => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
};
const repository = new URL('../../', import.meta.url);
const batch = 25;

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly ca: string;
  operator(method: string, path: string, body?: unknown): Promise<Answer>;
  device(client: TestClient, extras?: OnboardExtras): Promise<Answer>;
}

async function start(data: string, port: number): Promise<Running> {
  const child = spawn(
    process.execPath,
    [
      '--import',
      new URL('scripts/strip-cache.mjs', repository).href,
      new URL('packages/cli/src/main.ts', repository).pathname,
      ...`wfm start --json --data ${data} --log-level error --hold-seconds 0`.split(' '),
      ...`--device-listen 127.0.0.1:${port} --operator-listen 127.0.0.1:0`.split(' '),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, MUSTER_LAUNCHED: '' } },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = JSON.parse(line) as { deviceUrl: string; operatorUrl: string; operatorTokenFile: string };
    const ca = await readFile(join(data, 'operator-ca.pem'), 'utf8');
    const token = (await readFile(ready.operatorTokenFile, 'utf8')).trim();
    const url = ready.deviceUrl;
    const rig = { url, send: (o: Parameters<Rig['send']>[0]) => call(url, ca, o) } as Rig;
    return {
      child,
      url,
      ca,
      device: (client, extras) => onboard(rig, client, {}, extras),
      // The file is read anew: a rotation may have changed it meanwhile.
      operator: async (method, path, body) =>
        call(ready.operatorUrl, await readFile(join(data, 'operator-ca.pem'), 'utf8'), {
          method,
          path: `/operator/v1${path}`,
          headers: {
            authorization: `Bearer ${token}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
    };
  }
  throw new Error('the WFM ended before it was ready');
}

/** What was promised: the clientId of each key that was answered 201. */
const promised = new Map<string, string>();
/** Clients by their present key, as far as the devices know. */
const fleet: TestClient[] = [];
const waiting: TestClient[] = [];
let imported = 0;

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
    const clients = await Promise.all(Array.from({ length: batch }, () => testClient()));
    const items = clients.map((c) => ({ fingerprint: c.certificate.sha256 }));
    await wfm.operator('POST', '/preauthorizations', { items });
    imported++;
    const first = clients[0];
    if (first !== undefined && keep(first.keyid, await wfm.device(first))) fleet.push(first);
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
  let authorised = 0;
  cursor = null;
  do {
    const { body } = await wfm.operator(
      'GET',
      `/preauthorizations?limit=1000${cursor === null ? '' : `&cursor=${cursor}`}`,
    );
    authorised += (body['items'] as unknown[]).length;
    cursor = body['nextCursor'] as string | null;
  } while (cursor !== null);
  assert.equal(authorised % batch, 0, 'no import is there in part');
  const trust = await wfm.operator('GET', '/trust');
  const pins = (trust.body['certificates'] as unknown[]).length;
  assert.equal(pins, trust.body['stage'] === 'none' ? 1 : 2);
}

it(`survives ${kills} kills at random moments`, async () => {
  const data = await mkdtemp(join(tmpdir(), 'muster-drill-'));
  let port = 0;
  for (let i = 0; i < kills; i++) {
    const wfm = await start(data, port);
    port = Number(new URL(wfm.url).port);
    await check(wfm).catch((error: unknown) => {
      wfm.child.kill('SIGKILL');
      throw error;
    });
    const killed = once(wfm.child, 'exit');
    let over = false;
    const worker = async (): Promise<void> => {
      while (!over) {
        const operation = operations[Math.floor(random() * operations.length)];
        try {
          await operation?.(wfm);
        } catch (error) {
          // The connection broke off: what came of it is looked at after the restart. Anything else is a finding.
          if (error instanceof assert.AssertionError || !(error instanceof Error && 'code' in error))
            throw error;
        }
      }
    };
    const work = Promise.all([worker(), worker(), worker()]);
    await Promise.race([sleep(20 + random() * 380), work]).finally(() => {
      over = true;
      wfm.child.kill('SIGKILL');
    });
    await killed;
    await work;
  }
  const last = await start(data, port);
  await check(last);
  assert.ok(promised.size > kills / 4 && imported > 0, `${promised.size} identities, ${imported} imports`);
  last.child.kill('SIGTERM');
  await once(last.child, 'exit');
  await rm(data, { recursive: true, force: true });
});
