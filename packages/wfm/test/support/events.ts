/** Reading a stream of server-sent events, over TLS. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { Rig } from './wfm.ts';

export interface Seen {
  readonly id: number;
  readonly event: string;
  readonly detail: Record<string, unknown>;
}

/** Reads until there are so many events, after running `then`. */
export async function readEvents(
  rig: Rig,
  count: number,
  path: string,
  headers: Record<string, string> = {},
  then: () => Promise<unknown> = async () => undefined,
): Promise<Seen[]> {
  const token = (await readFile(rig.wfm.operatorTokenFile, 'utf8')).trim();
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(`${rig.wfm.operatorUrl}/operator/v1/events${path}`),
      { ca: rig.ca, headers: { authorization: `Bearer ${token}`, ...headers } },
      (answer) => {
        assert.equal(answer.headers['content-type'], 'text/event-stream');
        let text = '';
        answer.on('error', () => undefined);
        answer.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          const seen = [...text.matchAll(/id: (\d+)\nevent: (\S+)\ndata: (.*)\n\n/g)].map(
            ([, id, event, data]) => ({
              id: Number(id),
              event: event ?? '',
              detail: (JSON.parse(data ?? '') as { detail: Record<string, unknown> }).detail,
            }),
          );
          if (seen.length < count) return;
          outgoing.destroy();
          resolve(seen);
        });
        then().catch(reject);
      },
    );
    outgoing.on('error', () => undefined);
    outgoing.end();
  });
}
