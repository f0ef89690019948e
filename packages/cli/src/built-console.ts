import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', '..', 'console', 'dist');

/** Where the console is that start-up has built; null when it is not there. */
export function builtConsole(): string | null {
  return existsSync(join(folder, 'index.html')) ? folder : null;
}
