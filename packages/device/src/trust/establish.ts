/** From what the operator handed over to a TLS connection that deserves trust. */
import { createHash } from 'node:crypto';
import { caPin } from '@muster/pki';
import { decodeJoinString, JoinStringError } from '@muster/protocol';
import type { DeviceClock } from '../clock/clock.ts';
import { DeviceError } from '../errors.ts';
import { byPack, type Known, type PackSource } from './by-pack.ts';
import { byPin } from './by-pin.ts';
import { pinHex, readCaFile } from './given.ts';
import { certificatesOf, firstReachable, probe, type Trusted, validated, type Way, wfmUrl } from './reach.ts';

export type TrustSource =
  /** With the CA of a proxy that inspects TLS, where the operator wants it trusted as well. */
  | { readonly joinString: string; readonly alsoCaFile?: string }
  | { readonly url: string; readonly caFile: string }
  | { readonly url: string; readonly caPin: string }
  | { readonly url: string }
  | PackSource;

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
