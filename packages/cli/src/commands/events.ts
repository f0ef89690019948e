import { setTimeout as sleep } from 'node:timers/promises';
import { isObject } from '@muster/protocol';
import { linesOf, type TypedApi } from '../api/typed.ts';
import { type Common, operatorCommand } from '../command.ts';
import { OperatorError } from '../operator-error.ts';
import { json, safe } from '../ui.ts';
import { stopSignal } from './device/support.ts';
import { wholeNumber } from '../numbers.ts';

interface Flags extends Common {
  readonly types?: string;
  readonly after?: string;
}

/** Events as they happen, resumed after the last one that was seen; ends when the signal aborts. */
async function* follow(
  api: TypedApi,
  { types, after }: Flags,
  signal: AbortSignal,
): AsyncGenerator<Record<string, unknown>> {
  let seen = after === undefined ? undefined : wholeNumber('after', after);
  while (!signal.aborted) {
    const query = {
      ...(types === undefined ? {} : { types }),
      ...(seen === undefined ? {} : { after: seen }),
    };
    try {
      const answer = api.GET('/operator/v1/events', { params: { query }, parseAs: 'stream', signal });
      for await (const line of linesOf(answer)) {
        if (!line.startsWith('data: ')) continue;
        const event: unknown = JSON.parse(line.slice('data: '.length));
        if (!isObject(event)) continue;
        seen = Number(event['seq']);
        yield event;
      }
    } catch (error) {
      // A stream that breaks is resumed; who is refused, or cannot get there at all, is told.
      const isBroken = error instanceof TypeError || (error instanceof Error && 'code' in error);
      if (!signal.aborted && (error instanceof OperatorError || !isBroken)) throw error;
    }
    // The stream broke or the WFM restarted: go on after the last event.
    if (!signal.aborted) await sleep(1000, undefined, { signal }).catch(() => undefined);
  }
}

export const events = operatorCommand<Flags>(
  'events',
  'follow what happens, until Ctrl-C; a broken stream is resumed',
  (c) =>
    c
      .option('--types <list>', 'beginnings of actions, comma-separated, such as enrollment.,client.')
      .option('--after <seq>', 'begin after this event'),
  async ({ api }, _args, o) => {
    for await (const event of follow(api, o, stopSignal())) {
      if (o.json === true) json(event);
      else
        process.stdout.write(
          `${String(event['seq']).padStart(6)}  ${String(event['at'])}  ${safe(`${String(event['action'])}  ${String(event['subject'])}  by ${String(event['actor'])}`)}\n`,
        );
    }
  },
);
