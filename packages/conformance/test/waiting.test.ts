/** A WFM where an operator decides, and WFMs that speak other dialects of the standard. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operator } from '../../device/test/support/ground.ts';
import { examine, type Outcome, passed, summarize } from '../src/report.ts';
import { answersChecks } from '../src/wfm/answers.ts';
import { Ground, type PendingClient } from '../src/wfm/ground.ts';
import { checkWfm } from '../src/wfm/run.ts';
import { Wire } from '../src/wfm/wire.ts';
import { answer, type Bend, startBent } from './support/bent.ts';
import { check, type Checked, own, rootOf } from './support/wfm.ts';

const failures = ({ outcomes }: Checked): string[] =>
  outcomes.filter((o) => o.result === 'fail').map((o) => `${o.check.id}: ${o.seen}`);
const skippedIds = ({ outcomes }: Checked): string[] =>
  outcomes.filter((o) => o.result === 'skipped').map((o) => o.check.id);

describe('a WFM that holds unknown clients', { concurrency: true }, () => {
  it('passes once both were approved while the kit waits, which says whom it means', async () => {
    const wfm = await own({ admission: 'hold', holdSeconds: 1 });
    const told: PendingClient[] = [];
    const approvals: Array<Promise<unknown>> = [];
    const checked = await check(wfm, { waitSeconds: 60 }, (pending) => {
      told.push(pending);
      const fingerprint = pending.fingerprint.replace('sha256:', '');
      approvals.push(operator(wfm, 'POST', `/enrollments/${fingerprint}/approve`, {}));
    });
    await Promise.all(approvals);
    assert.deepEqual(failures(checked), []);
    assert.equal(checked.report.conformant, true);
    assert.deepEqual(skippedIds(checked), ['signed.rsa-pss-accepted']);
    assert.equal(told.length, 2);
    for (const pending of told) {
      assert.equal(pending.words.length, 6);
      assert.equal(pending.isAskedAgain, true);
    }
  });

  it('is looked at as far as that goes where nobody approves', async () => {
    const checked = await check(await own({ admission: 'hold' }), { waitSeconds: 0 });
    assert.deepEqual(failures(checked), []);
    const left = skippedIds(checked);
    for (const id of [
      'onboarding.accepted',
      'capabilities.accepted',
      'signed.unsigned-refused',
      'signed.still-accepted',
    ])
      assert.ok(left.includes(id), id);
    for (const id of [
      'onboarding.unsigned-refused',
      'onboarding.foreign-key-refused',
      'answers.no-server-error',
    ])
      assert.ok(!left.includes(id), id);
    assert.match(
      checked.outcomes.find((o) => o.check.id === 'capabilities.accepted')?.seen ?? '',
      /nobody has let/,
    );
  });

  it('is left when somebody stops the run, without a verdict', async () => {
    const stop = new AbortController();
    const wfm = await own({ admission: 'hold' });
    const target = {
      urls: [wfm.deviceUrl],
      trust: await rootOf(wfm),
      keyType: 'p256',
      waitSeconds: 60,
    } as const;
    const run = checkWfm(target, { signal: stop.signal, onPending: () => stop.abort() });
    await assert.rejects(run, { name: 'StoppedError', code: 'aborted' });
  });

  it('that wants the certificate beforehand is given it', async () => {
    const told: PendingClient[] = [];
    await check(await own({ admission: 'closed' }), { waitSeconds: 0 }, (pending) => told.push(pending));
    assert.deepEqual(
      told.map((pending) => pending.isAskedAgain),
      [false, false],
    );
    assert.match(told[0]?.certificate ?? '', /^-----BEGIN CERTIFICATE-----/);
  });
});

describe('a WFM of another dialect', { concurrency: true }, () => {
  const dialects: Record<string, { readonly bend: Bend; readonly skips: readonly string[] }> = {
    'that knows rc.1 only passes what rc.1 has': {
      bend: (came) => (/\/capabilities\//.test(came.path) ? answer(404) : undefined),
      skips: ['capabilities.removed', 'signed.rsa-pss-accepted'],
    },
    'that takes DER only passes': {
      bend: (came) => (came.isOnboarding && came.body.includes('"LS0tLS1') ? answer(400) : undefined),
      skips: ['signed.rsa-pss-accepted'],
    },
    'that says {"Error"} passes': {
      bend: async (_, real) => {
        const given = await real();
        return given.status >= 400 && given.status < 500
          ? { ...given, body: given.body.replace(/"title":"[^"]*",/, '').replace('"error":', '"Error":') }
          : undefined;
      },
      skips: ['signed.rsa-pss-accepted'],
    },
    'that is busy is asked again': {
      bend: (came) =>
        came.path.endsWith('-1') && came.nth === 1
          ? answer(503, { error: 'busy' }, { 'retry-after': '0' })
          : undefined,
      skips: ['signed.rsa-pss-accepted'],
    },
  };
  for (const [name, { bend, skips }] of Object.entries(dialects))
    it(name, async () => {
      const wfm = await own({ admission: 'open' });
      const bent = await startBent(wfm, bend);
      try {
        const checked = await check(wfm, { urls: [bent.url] });
        assert.deepEqual(failures(checked), []);
        assert.deepEqual(skippedIds(checked), skips);
      } finally {
        bent.close();
      }
    });
});

describe('what was seen in a run', () => {
  const outcome = (result: Outcome['result'], level: 'must' | 'should'): Outcome => ({
    check: { id: 'x', title: 'x', level, source: 'x' },
    result,
    seen: '',
    expected: '',
    nextStep: '',
  });

  it('is conformant when something was looked at and no must has failed', () => {
    const sums = [
      [],
      [outcome('skipped', 'must')],
      [outcome('pass', 'should'), outcome('fail', 'should')],
      [outcome('pass', 'must'), outcome('fail', 'must')],
    ].map((outcomes) => summarize(outcomes).conformant);
    assert.deepEqual(sums, [false, false, true, false]);
  });

  it('has a failure where a check throws, and keeps what was seen short', async () => {
    const one = { id: 'x', title: 'x', level: 'must', source: 'x', expected: 'x', nextStep: 'x' } as const;
    const thrown = await examine({ ...one, look: () => Promise.reject(new Error('reset')) }, null);
    assert.deepEqual([thrown.result, thrown.seen], ['fail', 'reset']);
    const long = await examine({ ...one, look: async () => passed('x'.repeat(10_000)) }, null);
    assert.equal(long.seen.length, 600);
  });

  it('fails for an answer that took more than 10 s', async () => {
    const { signal } = new AbortController();
    const target = { urls: [], trust: { kind: 'system' }, keyType: 'p256', waitSeconds: 0 } as const;
    const ground = new Ground(target, signal, () => undefined, 'x');
    ground.wire = new Wire(null, signal);
    const inTime = answersChecks.find((one) => one.id === 'answers.in-time');
    assert.ok(inTime);
    assert.equal((await examine(inTime, ground)).result, 'skipped');
    const slow = { status: 200, headers: {}, body: Buffer.alloc(0), milliseconds: 10_001, isReused: false };
    ground.wire.kept.push({ what: 'onboarding', path: '/', answer: slow });
    const { result, seen } = await examine(inTime, ground);
    assert.deepEqual([result, seen], ['fail', '1 of 1, first for onboarding: 10.0 s']);
  });
});
