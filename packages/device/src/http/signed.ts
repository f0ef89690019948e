/** Signed requests: the narrow form that every known verifier takes. */
import { createHash, randomBytes } from 'node:crypto';
import type { Signer } from '@muster/pki';
import { contentDigest, signMessage } from '@muster/signatures';
import type { DeviceClock } from '../clock/clock.ts';
import type { Anchors } from './anchors.ts';
import type { Answer } from './answer.ts';
import { exchange, settleClock } from './exchange.ts';

interface SignedRequest {
  readonly url: string;
  readonly method: string;
  readonly body?: Uint8Array;
  readonly anchors: Anchors;
  readonly signer: Signer;
  /** Add a nonce: only for a WFM that has announced it (RFC 9421 section 5.1). */
  readonly nonce: boolean;
  /** What to add to the local clock, in seconds. */
  readonly offsetSeconds: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly clock?: DeviceClock | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The continuity proof to bring, for a WFM that has given one. */
  readonly continuity?: string | null | undefined;
  /** A second signature, such as that of the key on file when a new one takes its place. */
  readonly secondSignature?: { readonly signer: Signer; readonly keyid: string } | undefined;
}

/** The field of Muster's continuity proof; docs/wire-profile.md says what it is for. */
export const continuityField = 'muster-continuity';

/** The field in which both sides say which root CAs they go by. */
export const rootsField = 'muster-ca-pins';

/** The first 16 hex digits of each root CA's fingerprint. */
export function shortPins(pems: readonly string[]): string[] {
  return pems.map((pem) => {
    const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    return createHash('sha256').update(der).digest('hex').slice(0, 16);
  });
}

/** Within this two clocks are taken for equal, in seconds. */
const noticeableSkew = 60;

/** The offset to go by: a new one only when it differs noticeably, so that a steady clock gives a steady offset. */
function noticeable(before: number, learned: number): number {
  if (Math.abs(learned - before) <= noticeableSkew) return before;
  return Math.abs(learned) <= noticeableSkew ? 0 : Math.round(learned);
}

async function sendOnce(o: SignedRequest, offsetSeconds: number): Promise<Answer> {
  const fields: string[] = [];
  const components = ['@method', '@target-uri', '@authority'];
  if (o.body !== undefined) {
    fields.push('Content-Type', 'application/json', 'Content-Digest', contentDigest(o.body));
    components.push('content-digest');
  }
  const created = Math.floor(o.now() / 1000 + offsetSeconds);
  const signWith = (label: string, key: Signer, keyid: string): ReturnType<typeof signMessage> =>
    signMessage(
      { kind: 'request', method: o.method, targetUri: o.url, fields },
      {
        key,
        label,
        components,
        parameters: [
          ['created', created],
          ['keyid', keyid],
          ...(o.nonce ? ([['nonce', randomBytes(12).toString('base64url')]] as const) : []),
        ],
      },
    );
  const signed = [await signWith('sig1', o.signer, o.signer.spkiSha256)];
  const { secondSignature: second } = o;
  if (second !== undefined) signed.push(await signWith('old', second.signer, second.keyid));
  const headers: Record<string, string> = {
    accept: 'application/json, application/problem+json',
    'signature-input': signed.map((s) => s.signatureInput).join(', '),
    signature: signed.map((s) => s.signature).join(', '),
  };
  if (o.continuity != null) {
    headers[continuityField] = o.continuity;
    // A WFM that gives proofs also wants to know which of its root CAs this device has.
    if (o.anchors.kind === 'ca') headers[rootsField] = shortPins(o.anchors.pem).join(',');
  }
  for (let i = 0; i < fields.length; i += 2) headers[fields[i] ?? ''] = fields[i + 1] ?? '';
  return exchange({
    url: o.url,
    method: o.method,
    headers,
    ...(o.body === undefined ? {} : { body: o.body }),
    anchors: o.anchors,
    clock: o.clock,
    signal: o.signal,
  });
}

/**
 * Sends a signed request, by the WFM's time: learned beforehand when the local clock is impossible, and from the Date of
 * each answer (authenticated by TLS) that differs by more than a minute. After a 401 it then signs once more.
 * @returns the answer, and the clock offset in use
 * @throws DeviceError as {@link exchange}
 */
export async function sendSigned(o: SignedRequest): Promise<{ answer: Answer; offsetSeconds: number }> {
  let { offsetSeconds } = o;
  if (o.clock?.verdict === 'too-early') {
    const time = await settleClock(o, o.clock);
    offsetSeconds = noticeable(offsetSeconds, (time - o.now()) / 1000);
  }
  const answer = await sendOnce(o, offsetSeconds);
  const theirs = Date.parse(answer.headers['date'] ?? '');
  if (Number.isNaN(theirs) || (o.clock !== undefined && theirs < o.clock.lowerBound - 3_600_000))
    return { answer, offsetSeconds };
  const learned = noticeable(offsetSeconds, (theirs - o.now()) / 1000);
  if (answer.status !== 401 || learned === offsetSeconds) return { answer, offsetSeconds: learned };
  return { answer: await sendOnce(o, learned), offsetSeconds: learned };
}

/** Whether an answer announces that signatures may carry a nonce. */
export function announcesNonce(answer: Answer): boolean {
  return /;\s*nonce(?:[;,]|$)/.test(answer.headers['accept-signature'] ?? '');
}

/** The continuity proof of an answer, or the one before it. */
export function nextContinuity(answer: Answer, before: string | null): string | null {
  const given = answer.headers[continuityField];
  return given !== undefined && given.length <= 512 ? given : before;
}
