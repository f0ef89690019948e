/** A real browser; where it cannot start, the reason, with which its tests are skipped. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { buildConsole, exclusively, installTool, root } from '../../../../scripts/bootstrap.mjs';

/** Unpacks the browser once, in a folder of this repository: its package knows no version of what it finds elsewhere. */
async function programPath(): Promise<string> {
  await installTool(process.execPath, 'browser');
  const home = join(root, 'tools', 'browser', 'node_modules', '@sparticuz', 'chromium');
  const { default: packed } = (await import(join(home, 'build', 'index.js'))) as {
    default: { executablePath(): Promise<string> };
  };
  const folder = join(home, 'unpacked');
  mkdirSync(folder, { recursive: true });
  const before = process.env['TMPDIR'];
  return exclusively(join(folder, 'unpacking'), async () => {
    process.env['TMPDIR'] = folder;
    try {
      return await packed.executablePath();
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
  });
}

async function launch(): Promise<Browser> {
  const executablePath = await programPath();
  return chromium.launch({
    executablePath,
    // Not the arguments of its package: those run it in one process, and switch the same-origin policy off.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--headless=shell',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** One browser for a test file, with the console built; or why there is none. */
export async function openBrowser(): Promise<Browser | string> {
  await buildConsole(process.execPath);
  return launch().catch((error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    const missing = /error while loading shared libraries: ([^\s:]+)/.exec(text)?.[1];
    return missing === undefined
      ? `the browser does not start: ${text.split('\n')[0]}`
      : `the browser needs ${missing}: apt-get install libnss3 libnspr4 libexpat1`;
  });
}
