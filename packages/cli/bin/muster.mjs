#!/usr/bin/env node
// The launcher: plain JavaScript that runs on Node.js 20 and hands over to a Node.js that runs the sources.
import { fileURLToPath } from 'node:url';
import { bootstrap, isRecentEnough, run } from '../../../scripts/bootstrap.mjs';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
try {
  const node = await bootstrap();
  if (isRecentEnough(process.versions.node)) await import(main);
  else process.exitCode = await run(node, [main, ...process.argv.slice(2)]);
} catch (error) {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
}
