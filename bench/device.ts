/** Resident memory of a device client that has joined and reported: the library in a process of its own. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFlags } from '../scripts/flags.mjs';
import { startOpenWfm } from './support/wfm.ts';

const directory = await mkdtemp(join(tmpdir(), 'muster-bench-'));
const wfm = await startOpenWfm(join(directory, 'wfm'));
const program = `
import { join } from '@muster/device';
const began = performance.now();
await join({ stateDirectory: ${JSON.stringify(join(directory, 'device'))}, trust: { joinString: ${JSON.stringify(wfm.joinString)} } });
console.log(\`joined in                               \${Math.round(performance.now() - began)} ms\`);
console.log(\`resident memory of the device client    \${Math.round(process.memoryUsage.rss() / 1048576)} MB  (wanted 90)\`);`;
// As the launcher starts it. The first start of a revision strips the types once; the second is what stays.
const root = new URL('..', import.meta.url).pathname;
const flags = [...nodeFlags('device'), '--import', `${root}scripts/strip-cache.mjs`];
for (const start of ['first start of a revision', 'every start after it']) {
  console.log(start);
  await new Promise((resolve) =>
    spawn(process.execPath, [...flags, '--input-type=module', '-e', program], {
      stdio: 'inherit',
      cwd: root,
      // Empty at the first start.
      env: { ...process.env, CACHE_DIRECTORY: join(directory, 'cache') },
    }).on('exit', resolve),
  );
}
await wfm.close();
await rm(directory, { recursive: true, force: true });
