// npm run api: writes the operator API's description and the client types that are made from it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, root, run } from './bootstrap.mjs';

const tools = join(root, 'tools', 'openapi');

try {
  const node = await bootstrap();
  if (
    !existsSync(join(tools, 'node_modules', 'openapi-typescript')) &&
    (await run('npm', ['ci'], { cwd: tools })) !== 0
  )
    throw new Error('openapi-typescript could not be installed.');
  process.exitCode = await run(node, [join(tools, 'generate.mjs')], { cwd: root });
} catch (error) {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
}
