/** The committed description of the operator API, and the types made from it, are those of this very WFM. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
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
});
