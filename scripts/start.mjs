// npm start: whatever is missing is installed, then a WFM runs here and this machine joins it.
import { join } from 'node:path';
import { bootstrap, buildConsole, root, run } from './bootstrap.mjs';

try {
  const node = await bootstrap();
  await buildConsole(node);
  process.exitCode = await run(
    node,
    [
      '--import',
      new URL('./strip-cache.mjs', import.meta.url).href,
      join(root, 'packages/cli/src/main.ts'),
      'start',
      ...process.argv.slice(2),
    ],
    { cwd: root },
  );
} catch (error) {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
}
