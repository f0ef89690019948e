/** One signed request to a receiver: bounded in time and size, never redirected. */
import { randomBytes } from 'node:crypto';
import { contentDigest, signMessage } from '@muster/signatures';
import type { Agent, Dispatcher } from 'undici';
import type { WebhookRecord } from '../store/ports/webhooks.ts';
import type { OwnKey } from '../trust/own-key.ts';
import { readRetryAfter } from './backoff.ts';

const maximumAnswerBytes = 65_536;
const components = ['@method', '@target-uri', '@authority', 'content-digest'];

/** What came of a request. */
export interface Delivery {
  readonly status: number | null;
  /** One sentence, when the receiver did not take it. */
  readonly error: string | null;
  readonly retryAfterSeconds: number | null;
  readonly milliseconds: number;
  /** What a receiver that took it has said. */
  readonly text: string;
}

/** A way to one receiver; its connection stays open until it is closed. */
export interface Receiver {
  /** @param milliseconds how long the whole exchange may take */
  post(body: object, milliseconds: number): Promise<Delivery>;
  close(): Promise<void>;
}

function whyNot(error: unknown, milliseconds: number, host: string): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `There was no answer within ${milliseconds / 1000} s.`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|SIGNATURE/.test(code))
    return `The certificate of ${host} is not trusted or TLS fails (${code}).`;
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return `The answer is larger than ${maximumAnswerBytes} bytes.`;
  return `The exchange with ${host} failed (${code}).`;
}

function refusal(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) return `It answered ${status}; redirects are not followed.`;
  return `It answered ${status}.`;
}

/**
 * Runs with a signal that ends it when its time is over, or when `ending` says so. In the place of AbortSignal.any, which leaves
 * something of each call with `ending`: that lives as long as the WFM, and requests are as many as events.
 */
async function within<T>(
  milliseconds: number,
  ending: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  ending.throwIfAborted();
  const limit = new AbortController();
  const late = new DOMException('the time is over', 'TimeoutError');
  const timer = setTimeout(() => limit.abort(late), milliseconds);
  const end = (): void => limit.abort(ending.reason);
  ending.addEventListener('abort', end, { once: true });
  try {
    return await run(limit.signal);
  } finally {
    clearTimeout(timer);
    ending.removeEventListener('abort', end);
  }
}

/** Opens the way to a webhook's receiver. Its own CA, when it has one, is all that is trusted. */
export function openReceiver(
  webhook: Pick<WebhookRecord, 'url' | 'caPem'>,
  { key, now, signal: ending }: { key: OwnKey; now: () => number; signal: AbortSignal },
): Receiver {
  const url = new URL(webhook.url);
  let agent: Agent | undefined;

  async function send(body: Buffer, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    // Loaded with the first webhook, so that a WFM without one starts sooner.
    const undici = await import('undici');
    agent ??= new undici.Agent({
      connect: webhook.caPem === null ? {} : { ca: webhook.caPem },
      connections: 4,
      maxHeaderSize: 16_384,
      maxResponseSize: maximumAnswerBytes,
    });
    const digest = contentDigest(body);
    const { signatureInput, signature } = await signMessage(
      { kind: 'request', method: 'POST', targetUri: url.href, fields: ['content-digest', digest] },
      {
        key: key.signer,
        components,
        parameters: [
          ['created', Math.floor(now() / 1000)],
          ['keyid', key.signer.spkiSha256],
          ['nonce', randomBytes(16).toString('base64url')],
        ],
      },
    );
    return undici.request(url, {
      method: 'POST',
      dispatcher: agent,
      signal,
      headers: {
        'content-type': 'application/json',
        'content-digest': digest,
        'signature-input': signatureInput,
        signature,
        'user-agent': 'muster-webhook',
      },
      body,
    });
  }

  return {
    async post(document, milliseconds) {
      const began = performance.now();
      const took = (): number => Math.round(performance.now() - began);
      let status: number | null = null;
      try {
        const body = Buffer.from(JSON.stringify(document));
        const taken = await within(milliseconds, ending, async (signal) => {
          const answer = await send(body, signal);
          status = answer.statusCode;
          return { status, headers: answer.headers, text: await answer.body.text() };
        });
        const retryAfter = taken.headers['retry-after'];
        return {
          status,
          error: refusal(taken.status),
          retryAfterSeconds: readRetryAfter(Array.isArray(retryAfter) ? retryAfter[0] : retryAfter, now()),
          milliseconds: took(),
          text: taken.text,
        };
      } catch (error) {
        const why = whyNot(error, milliseconds, url.host);
        return { status, error: why, retryAfterSeconds: null, milliseconds: took(), text: '' };
      }
    },
    close: async () => agent?.destroy(),
  };
}
