/* oxlint-disable unicorn/no-thenable -- `then` is what Spectral's rules call it */
/** The committed description of the operator API, and the types made from it, are those of this very WFM. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import spectral from '@stoplight/spectral-core';
import functions from '@stoplight/spectral-functions';
import rulesets from '@stoplight/spectral-rulesets';
import { type Rig, startRig } from '../support/wfm.ts';

const root = new URL('../../../../', import.meta.url);
const hint = 'The operator API has changed. Run: npm run api (and commit what it writes)';

describe('the description of the operator API', () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig();
  });
  after(() => rig.stop());

  it('is committed as it is served, and so are the client types', async () => {
    const committed = await readFile(new URL('docs/operator-api.json', root), 'utf8');
    const served = (await rig.operator('GET', '/openapi.json')).body;
    assert.ok(committed === `${JSON.stringify(served, null, 2)}\n`, hint);
    const types = await readFile(new URL('packages/cli/src/api/schema.d.ts', root), 'utf8');
    const digest = createHash('sha256').update(committed).digest('hex');
    assert.ok(types.includes(`sha256:${digest}\n`), hint);
  });

  it('has nothing that a linter finds', async () => {
    const linter = new spectral.Spectral();
    linter.setRuleset({
      // Its types ask for an `extends` that this ruleset, which extends nothing, does not have.
      extends: [[{ extends: [], ...rulesets.oas }, 'recommended']],
      rules: {
        // What has no addressee or address of its own: each WFM serves its own document. Summaries say enough.
        'info-contact': 'off',
        'oas3-api-servers': 'off',
        'operation-description': 'off',
        'every-operation-has-a-summary': {
          given: '$.paths[*][get,post,put,delete]',
          severity: 'error',
          then: { field: 'summary', function: functions.truthy },
        },
        'every-operation-says-how-it-refuses': {
          given: '$.paths[*][get,post,put,delete].responses',
          severity: 'error',
          then: { field: 'default', function: functions.truthy },
        },
      },
    });
    const document = (await rig.operator('GET', '/openapi.json')).text;
    const found = await linter.run(document);
    assert.deepEqual(
      found.map((f) => `${f.code} at ${f.path.join('.')}: ${f.message}`),
      [],
    );
    // The linter does look: an operation without its name and refusals is found.
    const broken = document
      .replaceAll('"operationId"', '"x-id"')
      .replaceAll('"default":{"$ref"', '"x":{"$ref"');
    const codes = new Set((await linter.run(broken)).map((f) => f.code));
    assert.ok(codes.has('operation-operationId') && codes.has('every-operation-says-how-it-refuses'));
  });
});
