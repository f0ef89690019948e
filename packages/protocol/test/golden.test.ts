/** Golden documents of each shape: read into the model, and written back the same. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parseCapabilities, renderCapabilities } from '../src/index.ts';

const golden = new URL('golden/', import.meta.url);

describe('golden capability documents', () => {
  for (const profile of readdirSync(golden)) {
    for (const file of readdirSync(new URL(`${profile}/`, golden))) {
      it(`${profile} ${file}`, () => {
        const document: unknown = JSON.parse(readFileSync(new URL(`${profile}/${file}`, golden), 'utf8'));
        const parsed = parseCapabilities(document, {
          route: profile === 'rc.1' ? 'client' : 'device',
          strict: true,
        });
        // A document with nothing that tells the shapes apart counts as the newest.
        assert.equal(parsed.profile, profile);
        assert.deepEqual(parsed.warnings, []);
        assert.deepEqual(
          JSON.parse(JSON.stringify(renderCapabilities(parsed.capabilities, parsed.profile))),
          document,
        );
      });
    }
  }
});
