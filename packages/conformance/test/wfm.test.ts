/** The kit against Muster's own WFM: all of it passes. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { freePort } from '../../wfm/test/support/free-port.ts';
import type { Outcome } from '../src/report.ts';
import { wfmChecks } from '../src/wfm/run.ts';
import { check, own } from './support/wfm.ts';

const failures = (outcomes: readonly Outcome[]): string[] =>
  outcomes.filter((o) => o.result === 'fail').map((o) => `${o.check.id}: ${o.seen}`);

const page = await readFile(new URL('../../../docs/conformance.md', import.meta.url), 'utf8');

describe('the checks of a WFM', () => {
  it('have ids of their own, and a line each in the documentation', () => {
    assert.equal(new Set(wfmChecks.map((one) => one.id)).size, wfmChecks.length);
    for (const { id, level, title, source } of wfmChecks)
      assert.ok(page.includes(`| \`${id}\` | ${level} | ${title} | ${source} |`), id);
  });
});

describe("Muster's own WFM", { concurrency: true }, () => {
  it('that lets everybody in passes every check', async () => {
    const { report, outcomes } = await check(await own({ admission: 'open' }));
    assert.deepEqual(failures(outcomes), []);
    assert.equal(report.conformant, true);
    assert.equal(report.ended, null);
  });

  for (const keyType of ['p384', 'rsa2048', 'rsa3072'] as const)
    it(`passes with a key of the type ${keyType}`, async () => {
      const { report, outcomes } = await check(await own({ admission: 'open' }), { keyType });
      assert.deepEqual(failures(outcomes), []);
      assert.equal(report.skipped, keyType.startsWith('rsa') ? 0 : 1);
    });

  it('passes below a path prefix', async () => {
    const port = await freePort();
    const prefixed = `https://127.0.0.1:${port}/margo`;
    const settings = { deviceListen: `127.0.0.1:${port}`, publicUrls: [prefixed] };
    const wfm = await own({ admission: 'open', ...settings });
    const { report, outcomes } = await check(wfm, { urls: [prefixed] });
    assert.deepEqual(failures(outcomes), []);
    assert.equal(report.conformant, true);
  });
});
