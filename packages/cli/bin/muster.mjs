#!/usr/bin/env node
// The launcher: plain JavaScript that runs on Node.js 20 and hands over to a Node.js that runs the sources.
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';
import { bootstrap, buildConsole, isRecentEnough, run } from '../../../scripts/bootstrap.mjs';
import { nodeFlags } from '../../../scripts/flags.mjs';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const stripCache = new URL('../../../scripts/strip-cache.mjs', import.meta.url).href;
const args = process.argv.slice(2);
const flags = nodeFlags(args[0]);
try {
  const node = await bootstrap();
  // Devices have no page to show.
  if (args[0] === 'start' || (args[0] === 'wfm' && args[1] === 'start')) await buildConsole(node);
  if (isRecentEnough(process.versions.node)) {
    for (const flag of flags) v8.setFlagsFromString(flag);
    await import(stripCache);
    await import(main);
  } else process.exitCode = await run(node, [...flags, '--import', stripCache, main, ...args]);
} catch (error) {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
}
