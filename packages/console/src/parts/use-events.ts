import { useEffect, useRef, useState } from 'react';
import type { EventSourceMessage } from 'eventsource-parser';
import { listen } from '../api/live.ts';

/** So many events are kept on the screen; older ones are in the audit log. */
export const keptEvents = 500;

interface Heard {
  readonly events: readonly EventSourceMessage[];
  readonly isConnected: boolean;
  /** How often the stream was lost and taken up again. */
  readonly resumed: number;
  /** The event after which it was taken up again; undefined before it was, or where none had come. */
  readonly after: string | undefined;
}

const nothing: Heard = { events: [], isConnected: false, resumed: 0, after: undefined };

/** What happens from now on, newest first. */
export function useEvents(): Heard {
  const [heard, setHeard] = useState<Heard>(nothing);
  const wasConnected = useRef(false);
  useEffect(() => {
    const ending = new AbortController();
    void listen(ending.signal, {
      event: (event) => {
        if (event === null) return;
        setHeard((was) => ({ ...was, events: [event, ...was.events].slice(0, keptEvents) }));
      },
      connected: (isConnected) => {
        const isResumed = isConnected && wasConnected.current;
        wasConnected.current ||= isConnected;
        setHeard((was) => ({
          ...was,
          isConnected,
          ...(isResumed ? { resumed: was.resumed + 1, after: was.events[0]?.id } : {}),
        }));
      },
    });
    return () => ending.abort();
  }, []);
  return heard;
}
