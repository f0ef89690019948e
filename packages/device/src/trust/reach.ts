/** Reaching a WFM, over a channel that nobody has verified yet or over one that is validated; and what it says of its CA. */
import { type Certificate, CertificateError, decodeCertificates } from '@muster/pki';
import { isObject, retryAfter, routes } from '@muster/protocol';
import type { DeviceClock } from '../clock/clock.ts';
import { DeviceError } from '../errors.ts';
import type { Anchors } from '../http/anchors.ts';
import { type Answer, answerJson, isPassing } from '../http/answer.ts';
import { exchange } from '../http/exchange.ts';
import { announcesNonce } from '../http/signed.ts';

/** A WFM that was reached over validated TLS. */
export interface Trusted {
  readonly wfm: string;
  readonly anchors: Anchors;
  readonly caPin: string | null;
  readonly how: string;
  readonly nonce: boolean;
  /** A ticket that came with the join string or the trust pack. */
  readonly ticket?: string | undefined;
  /** The clientId that the answer to this device's request names. */
  readonly clientId?: string | undefined;
  /** What somebody ought to know about it. */
  readonly notices?: readonly string[];
}

/** How to go about it. */
export interface Way {
  readonly signal: AbortSignal | undefined;
  readonly clock: DeviceClock | undefined;
}

/** Asks for the WFM's CA. */
export function probe(url: string, anchors: Anchors, way: Way): Promise<Answer> {
  return exchange({ url: url + routes.certificate, method: 'GET', anchors, ...way });
}

/** The certificates of an answer. @throws DeviceError `unreachable`, `protocol` */
export function certificatesOf(answer: Answer, url: string): Certificate[] {
  const body = answerJson(answer);
  const text = isObject(body) ? body['certificate'] : undefined;
  if (isPassing(answer.status)) {
    throw new DeviceError('unreachable', 'The WFM cannot give its CA certificate now.', {
      seen: `status ${answer.status}`,
      expected: '200 with a certificate',
      nextStep: 'Try again later.',
      retryAfterSeconds: retryAfter(answer, undefined, Date.now()),
    });
  }
  if (answer.status !== 200 || typeof text !== 'string') {
    throw new DeviceError('protocol', 'The WFM does not give its CA certificate.', {
      seen: `status ${answer.status}`,
      expected: '200 with a certificate',
      nextStep: `Get the CA file another way and join with: ${url} --ca-file FILE`,
    });
  }
  try {
    return decodeCertificates(text);
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new DeviceError('protocol', 'The CA certificate of the WFM cannot be read.', {
      seen: error.message,
      expected: 'a certificate',
      nextStep: error.nextStep,
      cause: error,
    });
  }
}

/** The root CAs that a WFM serves, over a channel that is validated by those known already. @throws DeviceError */
export async function fetchRoots(
  url: string,
  anchors: Anchors,
  signal: AbortSignal | undefined,
  clock?: DeviceClock,
): Promise<readonly Certificate[]> {
  const roots = certificatesOf(await probe(url, anchors, { signal, clock }), url);
  return roots.every((root) => root.isCa) && roots.length <= 8 ? roots : [];
}

/** Proves trust with a validated connection. @throws DeviceError `trust`, `unreachable` */
export async function validated(
  url: string,
  anchors: Anchors,
  pin: string | null,
  how: string,
  way: Way,
): Promise<Trusted> {
  const answer = await probe(url, anchors, way);
  return { wfm: url, anchors, caPin: pin, how, nonce: announcesNonce(answer) };
}

/** Tries one URL after the other while they are only out of reach. @throws DeviceError */
export async function firstReachable(
  urls: readonly string[],
  how: (url: string) => Promise<Trusted>,
  nextStep: string,
): Promise<Trusted> {
  let last: unknown;
  for (const url of urls.map(wfmUrl)) {
    try {
      return await how(url);
    } catch (error) {
      if (!(error instanceof DeviceError) || error.code !== 'unreachable') throw error;
      last = error;
    }
  }
  throw last ?? new DeviceError('usage', 'No WFM is named.', { nextStep });
}

/** The URL as everything else is appended to it: normal form, no slash at its end. */
export function wfmUrl(text: string): string {
  if (!URL.canParse(text) || new URL(text).protocol !== 'https:') {
    throw new DeviceError('usage', 'This is no WFM URL.', {
      seen: text.slice(0, 200),
      expected: 'https://host[:port][/prefix]',
      nextStep: 'Give the https URL of the WFM.',
    });
  }
  const url = new URL(text);
  return url.origin + url.pathname.replace(/\/+$/, '');
}
