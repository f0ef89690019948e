// Runs test files as `node --test` does, but the longest first: what begins last is what everything else has to wait for.
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

/** From the longest on, where CI kills and waits as often as it does. */
const longest = [
  'test/drill/kill.test.ts',
  'test/drill/kill-postgres.test.ts',
  'packages/device/test/patience.test.ts',
  'test/e2e/command.test.ts',
  'test/processes/bootstrap.test.ts',
  'packages/cli/test/conform-device.test.ts',
];

const found = globSync(process.argv.slice(2)).sort();
const rank = (file) => (longest.indexOf(file) + longest.length + 1) % (longest.length + 1);
const files = found.sort((a, b) => rank(a) - rank(b));
if (files.length === 0) throw new Error(`There is no test in ${process.argv.slice(2).join(' ')}.`);

run({
  files,
  // Many tests wait, for time-outs above all.
  concurrency: availableParallelism() + 1,
  // A file that hangs is a failure that is told. The drill of many kills takes the longest.
  timeout: 1_800_000,
})
  .on('test:fail', () => (process.exitCode = 1))
  .compose(spec)
  .pipe(process.stdout);
