/** Trust by a pin of the WFM's root CA. */
import { type Certificate, caPin } from '@muster/pki';
import { DeviceError } from '../errors.ts';
import { isUnknownIssuer } from '../http/exchange.ts';
import { certificatesOf, probe, type Trusted, validated, type Way } from './reach.ts';

/**
 * Trust by pin: the CA is fetched over a channel that nobody has verified yet, only to be compared with the pin; then
 * everything starts over with that CA and full validation.
 */
export async function byPin(
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
