import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jsonText, safe } from '../src/ui.ts';

describe('what others wrote', () => {
  it('is shown, not obeyed', () => {
    assert.equal(safe('a\u001b[31mb\u0007\u202e\n'), 'a\\u001b[31mb\\u0007\\u202e\\u000a');
    assert.equal(safe('Müller, Werk 4'), 'Müller, Werk 4');
  });

  it('is not obeyed in JSON either, and stays what it is', () => {
    const value = { a: 'x\u009b31m\u202e\u0007', b: [1] };
    for (const indent of [undefined, 2]) {
      const text = jsonText(value, indent);
      assert.doesNotMatch(text, /[\u007f-\u009f\u202e\u0007]/);
      assert.deepEqual(JSON.parse(text), value);
    }
  });
});
