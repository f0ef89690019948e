import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Refusal, RefusalPace } from '../../src/audit/refusals.ts';

const refusal = (change: Partial<Refusal> = {}): Refusal => ({
  code: 'signature-verification-failed',
  check: 'signature-mismatch',
  subject: 'c1',
  from: '10.0.0.1',
  detail: '',
  ...change,
});
const day = 86_400_000;

it('a refusal is written once a day, and the next one tells how many there were', () => {
  const pace = new RefusalPace();
  assert.equal(pace.take(refusal(), 0), 0);
  for (let i = 1; i <= 5; i++) assert.equal(pace.take(refusal({ from: `10.0.0.${i}` }), i), null);
  assert.equal(pace.take(refusal({ check: 'created-too-old' }), 6), 0, 'another kind');
  assert.equal(pace.take(refusal({ subject: 'c2' }), 7), 0, 'somebody else');
  assert.equal(pace.take(refusal(), day), 5);
});

it('strangers are told apart by address, and all together write thirty a minute', () => {
  const pace = new RefusalPace();
  const strangers = (at: number): number =>
    Array.from({ length: 100 }, (_, i) =>
      pace.take(refusal({ subject: 'stranger', from: `${at}.${i}` }), at),
    ).filter((answer) => answer !== null).length;
  assert.equal(strangers(0), 30);
  assert.equal(strangers(59_999), 0);
  assert.equal(strangers(60_000), 30);
});
