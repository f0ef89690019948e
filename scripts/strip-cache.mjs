// Keeps the sources without their types, so that Node's type stripper (some 32 MB) is loaded once for each revision of a
// file instead of at each start. Plain JavaScript: it is loaded before anything else, with --import or by the launcher.
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
// A service that may not write where the program lies has a folder of its own (CacheDirectory=, systemd.exec(5)).
const cache = process.env.CACHE_DIRECTORY?.split(':')[0] ?? join(root, 'node_modules', '.cache', 'muster');
const sources = new URL('../packages/', import.meta.url).href;

function stripped(path) {
  const source = readFileSync(path, 'utf8');
  const key = createHash('sha256').update(process.version).update(source).digest('hex');
  const kept = join(cache, `${key}.mjs`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const plain = module.stripTypeScriptTypes(source);
    try {
      mkdirSync(cache, { recursive: true });
      const partial = `${kept}.${process.pid}`;
      writeFileSync(partial, plain);
      renameSync(partial, kept);
    } catch {
      // A folder that cannot be written costs memory, not function.
    }
    return plain;
  }
}

/** Strips all of them now, for an image in which nobody writes later. */
export function fill() {
  for (const path of globSync('packages/*/src/**/*.ts', { cwd: root })) stripped(join(root, path));
}

// Named as an experiment by Node.js 22; the sources use nothing but types that can be erased.
const { emitWarning } = process;
process.emitWarning = (warning, ...rest) => {
  if (!/stripTypeScriptTypes/.test(String(warning))) emitWarning.call(process, warning, ...rest);
};

module.registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith(sources) || !url.endsWith('.ts')) return nextLoad(url, context);
    return { format: 'module', source: stripped(fileURLToPath(url)), shortCircuit: true };
  },
});
