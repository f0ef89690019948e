/** What the command says of a refusal: each has a next step that can be taken. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { refused } from '../src/operator-error.ts';

it('a refusal says what to do next: the command that it names, or to correct what is named', () => {
  for (const [status, detail, expected] of [
    [401, 'No token.', /MUSTER_OPERATOR_TOKEN/],
    [404, 'There is no client x. List them: muster clients list', /^Run: muster clients list$/],
    [
      409,
      'There is no room. Ask why: muster place FILE --why DEVICE',
      /^Run: muster place FILE --why DEVICE$/,
    ],
    [409, 'There is a token. Revoke it (muster tokens revoke), or not.', /^Run: muster tokens revoke$/],
    [404, 'There is no provider. Use a token: muster tokens create.', /^Run: muster tokens create$/],
    [503, 'Tokens made by muster tokens create do not need it.', /^Try it again/],
    [409, 'It was decided before.', /muster clients list/],
    [400, 'body/count must be >= 1', /^Correct what is named/],
    [422, 'The labels cannot be set.', /--help/],
  ] as const)
    assert.match(refused(status, { detail }).nextStep, expected);
});

it('a refusal tells each field that is wrong', () => {
  const errors = [
    { field: 'whatIf.cores', message: 'must be a number' },
    { field: 'whatIf.memory', message: 'is no quantity' },
  ];
  assert.equal(
    refused(422, { detail: 'It is wrong.', errors }).seen,
    'whatIf.cores: must be a number; whatIf.memory: is no quantity',
  );
});
