/**
 * Kills the real WFM at random moments while devices onboard and rotate and an operator approves, imports lists of thousands,
 * takes clients over, lets clients leave with their file, and rotates the root CA. After each kill everything is either before
 * or after, never between; nobody is lost, nobody doubled.
 *
 * Each kill is aimed at one act, beside whatever else goes on: half of them somewhere along its usual length, half at the
 * moment in which it is written, which is before or after its commit. The aims are random with a seed (MUSTER_DRILL_SEED);
 * how many is MUSTER_DRILL_KILLS.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  aimed,
  cut,
  data,
  kinds,
  type Operation,
  oneOf,
  others,
  promised,
  random,
  sent,
  trustOf,
} from './acts.ts';
import { Aim, type Point, type Watch } from './aim.ts';
import { type Running, start } from './support.ts';

async function check(wfm: Running): Promise<void> {
  const audit = await wfm.operator('GET', '/audit/verify');
  assert.equal(audit.body['ok'], true, JSON.stringify(audit.body));
  const all = sent.splice(0);
  const turns = all.filter((one) => one.kind === 'trust').length;
  for (const { kind, isAnswered, hasHappened } of all) {
    const isDone = await hasHappened(wfm);
    // Whoever turns the same wheel at the same time leaves open whose step it was.
    if (kind === 'trust' && turns > 1) continue;
    assert.ok(isDone || !isAnswered, `${kind}: what was answered is there`);
    if (!isAnswered) cut[kind][isDone ? 'after' : 'before']++;
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
  const { certificates, stage } = await trustOf(wfm);
  assert.equal((certificates as unknown[]).length, stage === 'none' ? 1 : 2);
}

/** Lets everybody work for a while; then kills the WFM in the middle of one act. */
async function workAndKill(wfm: Running, aim: Aim): Promise<void> {
  const killed = once(wfm.child, 'exit');
  let over = false;
  let left = 1 + Math.floor(random() * 10);
  let enough = (): void => undefined;
  const reached = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const perform = async (
    kind: string,
    operation: Operation | undefined,
    begun?: () => void,
  ): Promise<void> => {
    try {
      const ready = (await operation?.(wfm)) ?? null;
      begun?.();
      if (ready === null) return;
      await aim.run(kind, ready.act);
      await ready.afterwards?.();
    } catch (error) {
      // The connection broke off: what came of it is looked at after the restart. Anything else is a finding.
      if (error instanceof assert.AssertionError || !(error instanceof Error && 'code' in error)) throw error;
    }
  };
  const worker = async (): Promise<void> => {
    while (!over) {
      const kind = random() < 0.6 ? oneOf(kinds) : undefined;
      await perform(kind ?? 'other', kind === undefined ? oneOf(others) : aimed[kind]);
      if (--left === 0) enough();
    }
  };
  const stop = (): void => {
    over = true;
    wfm.child.kill('SIGKILL');
  };
  const work = Promise.all([worker(), worker()]);
  const kind = oneOf(kinds) ?? 'list';
  // A long list begins to be written before its commit, and is answered some milliseconds after it.
  const point: Point =
    random() < 0.5 ? { along: random() } : { afterWrite: random() < 0.5 ? 0 : random() * 8 };
  const aimAndKill = async (): Promise<void> => {
    await Promise.race([reached, sleep(5_000), work]);
    // What is written is to be the act's own.
    if ('afterWrite' in point) {
      over = true;
      await work;
    }
    let isOver = false;
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const act = perform(kind, aimed[kind], begin).finally(() => (isOver = true));
    const moment = begun.then(() => aim.reach(kind, point, () => isOver));
    await Promise.race([moment, sleep(5_000), act]).finally(stop);
    await act;
  };
  await Promise.all([killed, work, aimAndKill()]).finally(stop);
}

/**
 * Kills the WFM so many times, and looks after each.
 * @param o.watch sees that something is written; it is given the data folder
 * @param o.more further arguments of the WFM
 */
export async function drill(
  t: TestContext,
  kills: number,
  o: { watch: (data: string) => Watch; more?: readonly string[] },
): Promise<void> {
  let running: Running | undefined;
  const aim = new Aim(o.watch(data));
  try {
    let port = 0;
    for (let i = 0; i <= kills; i++) {
      running = await start(data, port, ...(o.more ?? []));
      port = Number(new URL(running.url).port);
      await check(running);
      if (i < kills) await workAndKill(running, aim);
    }
    t.diagnostic(`${promised.size} identities; cut in the middle: ${JSON.stringify(cut)}`);
    assert.ok(promised.size > kills / 3, `${promised.size} identities`);
    // So many that the kills have hit both sides of commits, whatever the machine's speed; each kind's share is told above.
    if (kills >= 200) {
      const total = (side: 'before' | 'after'): number =>
        Object.values(cut).reduce((n, one) => n + one[side], 0);
      assert.ok(
        total('before') >= kills / 20 && total('after') >= kills / 20,
        'kills on both sides of commits',
      );
    }
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
