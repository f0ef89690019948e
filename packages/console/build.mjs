// Builds the console into a folder. Started by scripts/console.mjs.
import { build } from 'vite';

const [outDir] = process.argv.slice(2);
await build({
  configFile: false,
  root: import.meta.dirname,
  base: '/console/',
  // Its warnings are about directives of libraries for servers, two thousand of them.
  logLevel: 'error',
  build: {
    outDir,
    emptyOutDir: true,
    // Everything is a file of its own origin: the policy of the page allows nothing else.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    chunkSizeWarningLimit: 2_000,
  },
});
