import { setTimeout as sleep } from 'node:timers/promises';
import { Type } from 'typebox';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { eventOf, isWanted } from '../../audit/event.ts';
import { HttpProblem } from '../../http/problem.ts';
import type { OperatorApi } from '../context.ts';
import { EventNumber } from '../listing.ts';

const pollMilliseconds = 500;
const pageEntries = 500;
const heartbeatMilliseconds = 15_000;
const maximumStreams = 200;
/** A reader that lags so far behind is let go; it resumes where it was. */
const maximumBacklog = 1_048_576;

/**
 * GET /events: what happens, as server-sent events. Every entry of the audit log is an event, so there is one truth, in one
 * order, on every instance; its number is the event's id, by which a reader resumes (`Last-Event-ID`).
 */
export function streamEvents(app: FastifyInstance, api: OperatorApi): void {
  let streams = 0;
  const schema = {
    summary: 'What happens, as server-sent events',
    tags: ['events'],
    querystring: Type.Object({
      types: Type.Optional(
        Type.String({ maxLength: 500, description: 'beginnings of actions, comma-separated' }),
      ),
      after: Type.Optional(EventNumber),
    }),
    response: {
      200: { description: 'a stream', content: { 'text/event-stream': { schema: Type.String() } } },
    },
  };

  async function pump(reply: FastifyReply, from: number, types: readonly string[]): Promise<void> {
    const { raw } = reply;
    let seq = from;
    let spoke = Date.now();
    while (!raw.destroyed && !api.closing.aborted) {
      const entries = await api.store.audit.after(seq, pageEntries);
      for (const entry of entries) {
        seq = entry.seq;
        if (!isWanted(entry.action, types)) continue;
        raw.write(`id: ${seq}\nevent: ${entry.action}\ndata: ${JSON.stringify(eventOf(entry))}\n\n`);
        spoke = Date.now();
      }
      if (raw.writableLength > maximumBacklog) break;
      if (entries.length === pageEntries) continue;
      if (Date.now() - spoke > heartbeatMilliseconds) {
        raw.write(': still here\n\n');
        spoke = Date.now();
      }
      await sleep(pollMilliseconds, undefined, { signal: api.closing }).catch(() => undefined);
    }
    raw.end();
  }

  app.get('/events', { schema }, async (request, reply) => {
    const { types = '', after } = request.query as { types?: string; after?: number };
    const given = Number(request.headers['last-event-id'] ?? Number.NaN);
    const from = Number.isSafeInteger(given) && given >= 0 ? given : after;
    if (streams >= maximumStreams)
      throw new HttpProblem('too-many-requests', {
        detail: 'Too many event streams.',
        retryAfterSeconds: 30,
      });
    const start = from ?? (await api.store.audit.head()).seq;
    streams++;
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    reply.raw.write('retry: 2000\n\n');
    reply.raw.on('error', () => undefined);
    const wanted = types
      .split(',')
      .map((t) => t.trim())
      .filter((t) => t !== '');
    pump(reply, start, wanted)
      .catch((error: unknown) => {
        api.log.warn({ err: error }, 'an event stream ended');
        reply.raw.destroy();
      })
      .finally(() => streams--);
  });
}
