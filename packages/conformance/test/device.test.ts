/** The kit against a small client that is right, in several ways, and against the same one with one fault each. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { clientChecks } from '../src/device/checks.ts';
import type { SceneName } from '../src/device/scenes.ts';
import { type Draft, type Fault, SmallClient } from './support/client.ts';
import { allScenes, checkWith, type CheckedClient, tellFailed } from './support/device.ts';
import { dialects } from './support/dialects.ts';
import { faults } from './support/faults.ts';

const page = await readFile(new URL('../../../docs/conformance.md', import.meta.url), 'utf8');

const checkFault = (fault: Fault, scenes: Iterable<SceneName>, waitSeconds = 20): Promise<CheckedClient> =>
  checkWith((ready, signal) => new SmallClient(ready, fault, signal).run(), {
    scenes: new Set(scenes),
    waitSeconds,
  });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

describe('the checks of a client', () => {
  it('have ids of their own, and a line each in the documentation', () => {
    const all = Object.values(clientChecks).map(({ check }) => check);
    assert.equal(new Set(all.map((one) => one.id)).size, all.length);
    for (const { id, level, title, source } of all)
      assert.ok(page.includes(`| \`${id}\` | ${level} | ${title} | ${source} |`), id);
  });
});

describe('a client that is right', () => {
  it('passes every check in every scene', async () => {
    const checked = await checkFault({ polls: true }, allScenes);
    assert.deepEqual(tellFailed(checked), []);
    const skipped = checked.outcomes.filter((o) => o.result === 'skipped').map((o) => o.check.id);
    assert.deepEqual(skipped, ['certificate.strength', 'report.gateway-first']);
    assert.deepEqual([checked.report.conformant, checked.report.ended], [true, null]);
  });
});

describe('a client that is right in another way', { concurrency: 8 }, () => {
  for (const [name, dialect] of dialects)
    it(`fails no must: ${name}`, async () => {
      const checked = await checkFault(dialect, []);
      const failed = checked.outcomes.filter((o) => o.result === 'fail' && o.check.level === 'must');
      assert.deepEqual(failed, []);
      assert.equal(checked.report.conformant, true);
    });

  it('passes below a path prefix, and fails when it leaves the prefix out', async () => {
    const port = await freePort();
    const where = { listen: { host: 'localhost', port }, publicUrl: `https://localhost:${port}/plant/one` };
    const right = await checkWith((ready, signal) => new SmallClient(ready, {}, signal).run(), where);
    assert.deepEqual(tellFailed(right), []);
    const fault = { draft: (d: Draft) => void (d.path = d.path.replace('/plant/one', '')) };
    const wrong = await checkWith((ready, signal) => new SmallClient(ready, fault, signal).run(), where);
    assert.deepEqual([...wrong.failed].sort(), ['signature.same-key', 'signature.true']);
  });
});

describe('a client that is wrong in one way', { concurrency: 8 }, () => {
  for (const [id, name, fault, ...scenes] of faults)
    it(`${name} → ${id}`, async () => {
      const checked = await checkFault(fault, scenes, id.endsWith('.arrives') ? 2 : 20);
      assert.deepEqual([...checked.failed].sort(), id.split(' ').sort(), tellFailed(checked).join('\n'));
    });

  it('is shown for every check', () => {
    const shown = new Set(faults.flatMap(([ids]) => ids.split(' ')));
    for (const { check } of Object.values(clientChecks)) assert.ok(shown.has(check.id), check.id);
  });
});
