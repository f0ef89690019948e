/** Fetches revocation lists from where their groups say, again and again. */
import { CrlError } from '@muster/pki';
import type { Logger } from 'pino';
import { readBounded } from '../http/read-bounded.ts';
import type { Store } from '../store/ports.ts';
import { storeCrl } from './crl-store.ts';
import type { PolicyCache } from './policy.ts';

const everyMilliseconds = 15 * 60_000;
const timeoutMilliseconds = 20_000;
const maximumBytes = 32 * 1024 * 1024;

/** Reads at most so much, however much is sent. @throws Error */
async function fetchBounded(url: string): Promise<Uint8Array> {
  // Lists are signed, so plain http is as good as https (RFC 5280 section 8 warns of loops with https).
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMilliseconds) });
  if (!answer.ok || answer.body === null) throw new Error(`status ${answer.status}`);
  return readBounded(answer.body as unknown as AsyncIterable<Uint8Array>, maximumBytes);
}

/**
 * Starts fetching: once now, then every quarter of an hour. A list that cannot be had leaves the last one in place; the
 * policy of its group says what its age means.
 */
export function startCrlFetcher(o: {
  store: Store;
  policy: PolicyCache;
  log: Logger;
  now: () => number;
  everyMilliseconds?: number;
}): { close(): void; round(): Promise<void> } {
  async function round(): Promise<void> {
    const urls = new Map((await o.store.admission.authorities()).map((a) => [a.name, a.crlUrl]));
    for (const group of (await o.policy.current()).groups) {
      const url = urls.get(group.name) ?? null;
      if (url === null) continue;
      try {
        const { result, entries, blocked } = await storeCrl(
          o.store,
          group,
          await fetchBounded(url),
          `fetched for ${group.name}`,
          o.now(),
        );
        if (result === 'stored')
          o.log.info({ authority: group.name, entries, blocked: blocked.length }, 'revocation list fetched');
      } catch (error) {
        const reason = error instanceof CrlError ? error.code : error;
        o.log.warn({ authority: group.name, url, err: reason }, 'the revocation list could not be fetched');
      }
    }
  }
  const run = (): void =>
    void round().catch((error: unknown) =>
      o.log.warn({ err: error }, 'revocation lists could not be looked up'),
    );
  const timer = setInterval(run, o.everyMilliseconds ?? everyMilliseconds);
  timer.unref();
  run();
  return { close: () => clearInterval(timer), round };
}
