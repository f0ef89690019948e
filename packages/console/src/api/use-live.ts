import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { listen } from './live.ts';

/** However much happens, what is shown is asked for no more often than this. */
const refreshMilliseconds = 1_000;

declare module '@tanstack/react-query' {
  interface Register {
    /** `live: false` is for questions that are asked again by the operator alone. */
    queryMeta: { readonly live?: boolean };
  }
}

function refreshing(queries: QueryClient): { soon: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let next = 0;
  const refresh = (): void => {
    timer = null;
    next = Date.now() + refreshMilliseconds;
    void queries.invalidateQueries({ predicate: (query) => query.meta?.live !== false });
  };
  return {
    soon: () => {
      timer ??= setTimeout(refresh, Math.max(0, next - Date.now()));
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** Keeps what is on the screen as it is in the WFM. @returns whether events arrive */
export function useLive(): boolean {
  const queries = useQueryClient();
  const [isConnected, setConnected] = useState(false);
  useEffect(() => {
    const ending = new AbortController();
    const { soon, stop } = refreshing(queries);
    void listen(ending.signal, { event: soon, connected: setConnected });
    return () => {
      ending.abort();
      stop();
    };
  }, [queries]);
  return isConnected;
}
