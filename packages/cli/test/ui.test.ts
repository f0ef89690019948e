import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { safe } from '../src/ui.ts';

describe('what others wrote', () => {
  it('is shown, not obeyed', () => {
    assert.equal(safe('a\u001b[31mb\u0007\u202e\n'), 'a\\u001b[31mb\\u0007\\u202e\\u000a');
    assert.equal(safe('Müller, Werk 4'), 'Müller, Werk 4');
  });
});
