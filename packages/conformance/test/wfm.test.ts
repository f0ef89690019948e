/** The kit against Muster's own WFM: all of it passes. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { wfmChecks } from '../src/wfm/run.ts';
import { check, own } from './support/wfm.ts';

const page = await readFile(new URL('../../../docs/conformance.md', import.meta.url), 'utf8');

describe('the checks of a WFM', () => {
  it('have ids of their own, and a line each in the documentation', () => {
    assert.equal(new Set(wfmChecks.map((one) => one.id)).size, wfmChecks.length);
    for (const { id, level, title, source } of wfmChecks)
      assert.ok(page.includes(`| \`${id}\` | ${level} | ${title} | ${source} |`), id);
  });
});

describe("Muster's own WFM", () => {
  it('that lets everybody in passes every check', async () => {
    const { report, outcomes } = await check(await own({ admission: 'open' }));
    assert.deepEqual(
      outcomes.filter((o) => o.result === 'fail').map((o) => `${o.check.id}: ${o.seen}`),
      [],
    );
    assert.equal(report.conformant, true);
    assert.equal(report.ended, null);
  });
});
