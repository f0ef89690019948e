import { createBrowserRouter } from 'react-router';
import { pages } from './pages.ts';
import { Failed } from './parts/failed.tsx';
import { Shell } from './parts/shell.tsx';

const children = pages.map(({ path, load }) => ({
  path,
  ErrorBoundary: Failed,
  lazy: async () => ({ Component: await load() }),
}));

/** The pages by their addresses below /console/. */
export const router = createBrowserRouter(
  [{ path: '/', Component: Shell, ErrorBoundary: Failed, HydrateFallback: () => null, children }],
  { basename: '/console' },
);
