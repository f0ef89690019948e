// npm test: whatever is missing is installed, then format, lint, types and every test.
import { join } from 'node:path';
import { bootstrap, buildConsole, installTool, root, run } from './bootstrap.mjs';

const tests = ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'];
const only = process.argv.slice(2);
const bin = (name) => join(root, 'node_modules', '.bin', name);
/** Scripts that are loaded before anything else, here and in each test file. */
const imports = (...names) =>
  names.flatMap((name) => ['--import', new URL(`./${name}.mjs`, import.meta.url).href]);

try {
  const node = await bootstrap();
  await buildConsole(node);
  // Without a browser its tests say so, and the rest runs.
  await installTool(node, 'browser').catch((error) => process.stderr.write(`${error.message}\n`));
  const steps = [
    ['format', [bin('biome'), 'format', '.']],
    ['lint', [bin('oxlint'), '--deny-warnings']],
    ['types', [bin('tsc'), '--noEmit', '-p', 'tsconfig.json']],
    [
      'tests',
      [
        ...imports(
          'end-with-parent',
          // Without types once for each revision of a file, not once for each test file that imports it.
          'strip-cache',
          'test-environment',
        ),
        join(root, 'scripts', 'run-tests.mjs'),
        ...(only.length > 0 ? only : tests),
      ],
    ],
  ];
  const failed = [];
  for (const [name, args] of steps) {
    process.stdout.write(`\n── ${name}\n`);
    const code = await run(node, args, { cwd: root });
    if (code !== 0) failed.push(`${name} (exit ${code})`);
  }
  process.stdout.write(
    failed.length === 0
      ? `\npassed: ${steps.map(([name]) => name).join(', ')}\n`
      : `\nFAILED: ${failed.join(', ')}\n`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
}
