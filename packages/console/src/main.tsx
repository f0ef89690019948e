/** The console starts here. */
import '@mantine/core/styles.css';
import './style.css';
import { Badge, createTheme, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { ApiProblem } from './api/problem.ts';
import { onSessionChange, takeTokenFromAddress } from './api/session.ts';

takeTokenFromAddress();
// A link that differs from the open page in its fragment alone loads nothing.
addEventListener('hashchange', takeTokenFromAddress);

const theme = createTheme({
  primaryColor: 'cyan',
  primaryShade: { light: 8, dark: 7 },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  components: {
    // A state that is cut off is no state.
    Badge: Badge.extend({ defaultProps: { tt: 'none' }, styles: { label: { overflow: 'visible' } } }),
  },
  headings: { sizes: { h1: { fontSize: '1.35rem' }, h2: { fontSize: '1.05rem' } } },
});

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal stays one; what has reached nobody is tried again by itself.
      retry: (count, error) =>
        count < 2 && !(error instanceof ApiProblem && error.status > 0 && error.status < 500),
      staleTime: 5_000,
      refetchOnWindowFocus: false,
    },
  },
});

// What one operator has seen is not shown to the next.
onSessionChange(() => queries.clear());

const root = document.getElementById('root');
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <QueryClientProvider client={queries}>
          <App />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
