import assert from 'node:assert/strict';
import { it } from 'node:test';
import { UsageError } from '../src/exit-codes.ts';
import { daysOf, wholeNumber } from '../src/numbers.ts';

it('numbers on the command line are read as they stand, or refused', () => {
  assert.equal(wholeNumber('limit', '20', 1), 20);
  assert.equal(wholeNumber('after', '0'), 0);
  for (const wrong of ['', '0', '-1', '1.5', '1e3', 'ten', 'NaN', ' 2', '9'.repeat(16)])
    assert.throws(() => wholeNumber('limit', wrong, 1), UsageError, wrong);
  assert.deepEqual([daysOf(undefined), daysOf('0.5'), daysOf('3650')], [undefined, 0.5, 3650]);
  for (const wrong of ['0', 'x', '-1', '3651', 'Infinity'])
    assert.throws(() => daysOf(wrong), UsageError, wrong);
});
