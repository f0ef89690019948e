/** The OpenID provider as the WFM asks it: bounded, and with a memory for when it does not answer. */
import { Agent, fetch } from 'undici';
import { readBounded } from '../http/read-bounded.ts';

const maximumBytes = 262_144;
const timeoutMilliseconds = 5_000;
/** Keys older than that are not believed, however long the provider stays away. */
const memoryMilliseconds = 86_400_000;

interface ProviderFetch {
  /** The document at a URL; the last good one while the provider does not answer. @throws Error */
  get(url: string): Promise<string>;
  close(): Promise<void>;
}

/** @param ca PEM; undefined for public CAs */
export function providerFetch(o: { ca: string | undefined; now: () => number }): ProviderFetch {
  const dispatcher = new Agent({ connect: o.ca === undefined ? {} : { ca: o.ca } });
  const memory = new Map<string, { text: string; at: number }>();
  return {
    async get(url) {
      try {
        const answer = await fetch(url, {
          dispatcher,
          redirect: 'error',
          headers: { accept: 'application/json' },
          signal: AbortSignal.timeout(timeoutMilliseconds),
        });
        if (answer.status !== 200 || answer.body === null) throw new Error(`status ${answer.status}`);
        const text = (await readBounded(answer.body, maximumBytes)).toString();
        JSON.parse(text);
        memory.set(url, { text, at: o.now() });
        return text;
      } catch (error) {
        const last = memory.get(url);
        if (last === undefined || o.now() - last.at > memoryMilliseconds) throw error;
        return last.text;
      }
    },
    close: () => dispatcher.close(),
  };
}
