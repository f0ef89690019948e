/** From what the operator handed over to a TLS connection that deserves trust. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  type Certificate,
  CertificateError,
  caPin,
  decodeCertificates,
  readCertificateFile,
} from '@muster/pki';
import { decodeJoinString, isObject, JoinStringError, routes } from '@muster/protocol';
import { DeviceError } from '../errors.ts';
import type { DeviceClock } from '../clock/clock.ts';
import type { Anchors } from '../http/anchors.ts';
import { type Answer, answerJson, isPassing, retryAfter } from '../http/answer.ts';
import { exchange, isUnknownIssuer } from '../http/exchange.ts';
import { announcesNonce } from '../http/signed.ts';
import { believed, checkPackIsFor, checkPackSigner, judgePackTime, openTrustPack } from './pack.ts';

export type TrustSource =
  /** With the CA of a proxy that inspects TLS, where the operator wants it trusted as well. */
  | { readonly joinString: string; readonly alsoCaFile?: string }
  | { readonly url: string; readonly caFile: string }
  | { readonly url: string; readonly caPin: string }
  | { readonly url: string }
  /** A signed file that was carried here, checked against a CA pin or the signer's fingerprint where one is known. */
  | {
      readonly trustPack: string;
      readonly caPin?: string | undefined;
      readonly signer?: string | undefined;
      readonly alsoCaFile?: string | undefined;
    };

/** A WFM that was reached over validated TLS. */
interface Trusted {
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

/** What is on this device already, to judge a trust pack by. */
export interface Known {
  /** The CA pins that this device has for a WFM. */
  readonly pinsOf: (wfm: string) => Promise<readonly string[]>;
  /** `sha256:<hex>` of the device's key; made when there is none. */
  readonly keyFingerprint: () => Promise<string>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The URL as everything else is appended to it: normal form, no slash at its end. */
function wfmUrl(text: string): string {
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

function pinHex(pin: string, what = 'CA pin'): string {
  // People copy fingerprints with colons and in capitals, as openssl prints them.
  const hex = pin
    .trim()
    .toLowerCase()
    .replace(/^sha256:/, '')
    .replaceAll(':', '');
  if (!/^[0-9a-f]{64}$/.test(hex)) {
    throw new DeviceError('usage', `This is no ${what}.`, {
      seen: pin.slice(0, 100),
      expected: 'sha256: and 64 hex digits',
      nextStep: 'Copy the pin again from the WFM.',
    });
  }
  return `sha256:${hex}`;
}

/** How to go about it. */
interface Way {
  readonly signal: AbortSignal | undefined;
  readonly clock: DeviceClock | undefined;
}

function probe(url: string, anchors: Anchors, way: Way): Promise<Answer> {
  return exchange({ url: url + routes.certificate, method: 'GET', anchors, ...way });
}

function certificatesOf(answer: Answer, url: string): Certificate[] {
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

/**
 * Trust by pin: the CA is fetched over a channel that nobody has verified yet, only to be compared with the pin; then
 * everything starts over with that CA and full validation.
 */
async function byPin(
  url: string,
  pins: readonly string[],
  how: string,
  also: readonly Certificate[],
  way: Way,
): Promise<Trusted> {
  const unverified = await probe(url, { kind: 'none' }, way);
  const offered = certificatesOf(unverified, url);
  const pinned = offered.filter((certificate) => pins.includes(caPin(certificate)));
  const first = pinned[0];
  if (first === undefined) {
    throw new DeviceError(
      'trust',
      'The WFM offers another CA than the pinned one; somebody may stand in between.',
      {
        seen: offered.map(caPin).join(', '),
        expected: pins.join(' or '),
        nextStep: 'Compare the pin with the WFM itself: muster wfm join-string',
      },
    );
  }
  if (!first.isCa)
    throw new DeviceError('trust', 'The pinned certificate is no CA.', {
      seen: first.subject,
      expected: 'a CA certificate',
      nextStep: 'Pin the root CA of the WFM.',
    });
  const anchors = { kind: 'ca' as const, pem: pinned.map((c) => c.pem), also: also.map((c) => c.pem) };
  try {
    return await validated(url, anchors, caPin(first), how, way);
  } catch (error) {
    if (!(error instanceof DeviceError) || !isUnknownIssuer(error)) throw error;
    // The pinned CA came through, yet the channel is somebody else's: that is what an inspecting proxy does.
    throw new DeviceError(
      'trust',
      'Something between this device and the WFM, such as a proxy that inspects TLS, presents a certificate of its own.',
      {
        seen: `a certificate by ${unverified.peerIssuer}`,
        expected: `a certificate by ${first.subject}`,
        nextStep:
          'Let the WFM pass uninspected; or, if you want this proxy trusted, join with its CA: --ca-file FILE',
        cause: error,
      },
    );
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

async function validated(
  url: string,
  anchors: Anchors,
  pin: string | null,
  how: string,
  way: Way,
): Promise<Trusted> {
  const answer = await probe(url, anchors, way);
  return { wfm: url, anchors, caPin: pin, how, nonce: announcesNonce(answer) };
}

async function readCaFile(file: string): Promise<[Certificate, ...Certificate[]]> {
  let certificates: Certificate[];
  try {
    certificates = readCertificateFile(await readFile(file));
  } catch (error) {
    throw new DeviceError('usage', `The CA file ${file} cannot be used.`, {
      seen: error instanceof Error ? error.message : '',
      expected: 'CA certificates as PEM or DER',
      nextStep: 'Check the path and the content.',
      cause: error,
    });
  }
  const [first, ...rest] = certificates;
  const stranger = certificates.find((c) => !c.isCa);
  if (first === undefined || stranger !== undefined) {
    throw new DeviceError('usage', `The CA file ${file} holds a certificate that is no CA.`, {
      seen: stranger?.subject ?? 'nothing',
      expected: 'CA certificates',
      nextStep: 'Use the root CA of the WFM: muster wfm trust export',
    });
  }
  return [first, ...rest];
}

async function byFile(url: string, file: string, way: Way): Promise<Trusted> {
  const certificates = await readCaFile(file);
  const anchors = { kind: 'ca', pem: certificates.map((c) => c.pem) } as const;
  return validated(url, anchors, caPin(certificates[0]), `CA file ${file}`, way);
}

async function bySystem(url: string, way: Way): Promise<Trusted> {
  try {
    return await validated(url, { kind: 'system' }, null, 'the CAs of this system', way);
  } catch (error) {
    if (!(error instanceof DeviceError) || error.code !== 'trust') throw error;
    // Shown for people to compare; nothing is believed because of it.
    const seen = await probe(url, { kind: 'none' }, way)
      .then((answer) => certificatesOf(answer, url).map(caPin).join(', '))
      .catch(() => error.seen);
    throw new DeviceError('trust', 'Nothing on this device vouches for this WFM.', {
      seen: `CA ${seen ?? 'unknown'}`,
      expected: 'a join string, a CA pin or a CA file',
      nextStep: `Compare the CA with the WFM itself, then: muster device join ${url} --ca-pin ${seen?.startsWith('sha256:') === true ? seen.split(',')[0] : 'sha256:…'}`,
      cause: error,
    });
  }
}

/** Tries one URL after the other while they are only out of reach. @throws DeviceError */
async function firstReachable(
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

async function byPack(
  source: Extract<TrustSource, { trustPack: string }>,
  known: Known,
  way: Way,
): Promise<Trusted> {
  const opened = await openTrustPack(source.trustPack);
  const { pack, signer } = opened;
  if (source.signer !== undefined) checkPackSigner(opened, pinHex(source.signer, 'fingerprint'));
  const given = source.caPin === undefined ? [] : [pinHex(source.caPin)];
  if (given.length > 0) believed(opened, given, 'the pin that was given');
  // Before anybody is asked: an answer names the key that it is for.
  if (pack.device !== null) checkPackIsFor(opened, await known.keyFingerprint());
  const also = source.alsoCaFile === undefined ? [] : await readCaFile(source.alsoCaFile);
  return firstReachable(
    pack.urls,
    async (url) => {
      const pins = given.length > 0 ? given : await known.pinsOf(url);
      const authorities = believed(opened, pins, 'the one that is known for this WFM');
      const [first] = authorities;
      const anchors: Anchors =
        first === undefined
          ? { kind: 'system' }
          : { kind: 'ca', pem: authorities.map((c) => c.pem), also: also.map((c) => c.pem) };
      const answer = await probe(url, anchors, way);
      const odd = judgePackTime(pack, known.now(), Date.parse(answer.headers['date'] ?? ''));
      const isVouchedFor = pins.length > 0 || source.signer !== undefined;
      return {
        wfm: url,
        anchors,
        caPin: first === undefined ? null : caPin(first),
        how: `trust pack, signed by ${signer}`,
        nonce: announcesNonce(answer),
        ticket: pack.ticket ?? undefined,
        clientId: pack.device?.clientId,
        notices: [
          ...(isVouchedFor
            ? []
            : [
                'Nothing on this device vouches for the trust pack but the hand that brought it; compare who signed it with: muster wfm trust show',
              ]),
          ...(odd === null ? [] : [odd]),
        ],
      };
    },
    'Make a new trust pack: muster wfm trust export --out FILE',
  );
}

/**
 * Establishes trust in a WFM and proves it with a validated connection.
 * @param clock what is known of the time; with it an impossible local clock does not stand in the way
 * @throws DeviceError `trust`, `unreachable`, `usage`, `protocol`
 */
export async function establishTrust(
  source: TrustSource,
  known: Known,
  signal?: AbortSignal,
  clock?: DeviceClock,
): Promise<Trusted> {
  const way = { signal, clock };
  if ('trustPack' in source) return byPack(source, known, way);
  if ('caFile' in source) return byFile(wfmUrl(source.url), source.caFile, way);
  if ('caPin' in source) return byPin(wfmUrl(source.url), [pinHex(source.caPin)], 'CA pin', [], way);
  if ('url' in source) return bySystem(wfmUrl(source.url), way);
  let urls: readonly string[];
  let pins: readonly string[];
  let ticket: string | undefined;
  try {
    ({ urls, pins, ticket } = decodeJoinString(source.joinString, (bytes) =>
      createHash('sha256').update(bytes).digest(),
    ));
  } catch (error) {
    if (!(error instanceof JoinStringError)) throw error;
    throw new DeviceError('usage', error.message, {
      seen: error.seen,
      expected: error.expected,
      nextStep: error.nextStep,
      cause: error,
    });
  }
  const also = source.alsoCaFile === undefined ? [] : await readCaFile(source.alsoCaFile);
  return firstReachable(
    urls,
    async (url) => {
      const trusted =
        pins.length === 0 ? await bySystem(url, way) : await byPin(url, pins, 'join string', also, way);
      return { ...trusted, ticket };
    },
    'Make a new one: muster wfm join-string',
  );
}
