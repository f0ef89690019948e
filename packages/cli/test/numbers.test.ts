import assert from 'node:assert/strict';
import { it } from 'node:test';
import { UsageError } from '../src/exit-codes.ts';
import { daysOf, timeOf, wholeNumber } from '../src/numbers.ts';

it('numbers on the command line are read as they stand, or refused', () => {
  assert.equal(wholeNumber('limit', '20', 1), 20);
  assert.equal(wholeNumber('after', '0'), 0);
  for (const wrong of ['', '0', '-1', '1.5', '1e3', 'ten', 'NaN', ' 2', '9'.repeat(16)])
    assert.throws(() => wholeNumber('limit', wrong, 1), UsageError, wrong);
  assert.equal(wholeNumber('limit', '1000', 0, 1000), 1000);
  assert.throws(() => wholeNumber('limit', '1001', 0, 1000), /from 0 to 1000/);
  assert.deepEqual([daysOf(undefined), daysOf('0.5'), daysOf('3650')], [undefined, 0.5, 3650]);
  for (const wrong of ['0', 'x', '-1', '3651', 'Infinity'])
    assert.throws(() => daysOf(wrong), UsageError, wrong);
});

it('times on the command line are days in UTC or times with their zone, or refused', () => {
  assert.equal(timeOf('since', '2028-02-29'), '2028-02-29T00:00:00.000Z');
  assert.equal(timeOf('since', '2027-01-31T08:00+02:00'), '2027-01-31T06:00:00.000Z');
  assert.equal(timeOf('since', '2027-01-31T08:00:00.5Z'), '2027-01-31T08:00:00.500Z');
  const wrong = [
    '',
    '1',
    'today',
    '2027-02-29',
    '2027-02-31T00:00:00Z',
    '2027-13-01',
    '2027-01-31T08:00:00',
    '2027-01-31T25:00Z',
  ];
  for (const one of wrong) assert.throws(() => timeOf('since', one), UsageError, one);
});
