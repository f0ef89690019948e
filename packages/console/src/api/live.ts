/** What happens, as it happens: server-sent events, by fetch because an EventSource of a browser sends no token. */
import type { EventSourceMessage } from 'eventsource-parser';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { refusal } from './client.ts';
import { currentSession } from './session.ts';

interface Heard {
  /** Called with each event; with null where a stream begins. */
  readonly event: (event: EventSourceMessage | null) => void;
  readonly connected: (isConnected: boolean) => void;
}

const pauseMilliseconds = 2_000;

async function readStream(signal: AbortSignal, last: string | undefined, heard: Heard): Promise<void> {
  const answer = await fetch('/operator/v1/events', {
    signal,
    headers: {
      authorization: `Bearer ${currentSession().token}`,
      ...(last === undefined ? {} : { 'last-event-id': last }),
    },
  });
  if (!answer.ok || answer.body === null) throw refusal(answer.status, await answer.json().catch(() => null));
  heard.connected(true);
  // Whatever has happened before the stream was there is read anew.
  heard.event(null);
  const events = answer.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const reader = events.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    heard.event(next.value);
  }
}

/** Listens until the signal aborts, over every loss of the connection. */
export async function listen(signal: AbortSignal, heard: Heard): Promise<void> {
  let last: string | undefined;
  const keeping: Heard = {
    ...heard,
    event: (event) => {
      last = event?.id ?? last;
      heard.event(event);
    },
  };
  while (!signal.aborted && currentSession().token !== null) {
    try {
      await readStream(signal, last, keeping);
    } catch {
      // The next try tells; a token that does not count any more has ended the session.
    }
    if (signal.aborted) return;
    heard.connected(false);
    await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
  }
}
