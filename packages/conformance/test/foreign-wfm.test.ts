/** WFMs of another make: what the standard leaves open is not held against them, and what it binds is. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type OtherServers, startOtherServers } from '../../device/test/support/other-servers.ts';
import type { Outcome } from '../src/report.ts';
import { checkWfm } from '../src/wfm/run.ts';
import { startForeign } from './support/foreign.ts';

describe('a WFM of another make', { concurrency: true }, () => {
  let others: OtherServers;
  before(async () => {
    others = await startOtherServers();
  });
  after(() => others.close());

  async function outcomesOf(isStrict: boolean): Promise<Outcome[]> {
    const { url, caPin } = await startForeign(others, isStrict);
    const outcomes: Outcome[] = [];
    await checkWfm(
      { urls: [url], trust: { kind: 'pins', pins: [caPin] }, keyType: 'p256', waitSeconds: 0 },
      { onOutcome: (outcome) => outcomes.push(outcome) },
    );
    return outcomes;
  }
  const failed = (outcomes: readonly Outcome[], level: 'must' | 'should'): string[] =>
    outcomes.filter((o) => o.result === 'fail' && o.check.level === level).map((o) => o.check.id);

  it('is conformant in its own dialect: rc.1 by POST, its clientId for the id of the device, 409, {"Error"}', async () => {
    const outcomes = await outcomesOf(true);
    assert.deepEqual(failed(outcomes, 'must'), []);
    const accepted = outcomes.find((o) => o.check.id === 'capabilities.accepted');
    assert.match(accepted?.seen ?? '', /POST as rc\.1, with the clientId for the id of the device/);
    assert.deepEqual(
      outcomes.filter((o) => o.result === 'skipped').map((o) => o.check.id),
      ['capabilities.removed', 'signed.rsa-pss-accepted'],
    );
    assert.deepEqual(failed(outcomes, 'should').slice(0, 3), [
      'onboarding.same-key-same-client',
      'onboarding.renewed-certificate',
      'signed.foreign-keyid-refused',
    ]);
  });

  it('that looks at less than it is bound to is told each thing', async () => {
    assert.deepEqual(failed(await outcomesOf(false), 'must'), [
      'onboarding.unsigned-refused',
      'onboarding.foreign-key-refused',
      'onboarding.changed-body-refused',
      'onboarding.wrong-certificate-refused',
      'onboarding.damaged-certificate-refused',
      'signed.digest-missing-refused',
      'signed.body-changed-refused',
      'signed.created-past-refused',
      'signed.created-future-refused',
      'signed.created-missing-refused',
      'signed.method-uncovered-refused',
      'signed.target-uncovered-refused',
      'signed.digest-uncovered-refused',
    ]);
  });
});
