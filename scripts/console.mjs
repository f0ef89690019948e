// npm run console: builds the console, also when it is built already.
import { bootstrap, buildConsole } from './bootstrap.mjs';

try {
  await buildConsole(await bootstrap(), { isForced: true });
} catch (error) {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
}
