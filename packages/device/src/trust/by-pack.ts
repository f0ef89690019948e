/** Trust by a pack that was carried here. */
import { caPin } from '@muster/pki';
import type { Anchors } from '../http/anchors.ts';
import { announcesNonce } from '../http/signed.ts';
import { pinHex, readCaFile } from './given.ts';
import { believed, checkPackIsFor, checkPackSigner, judgePackTime, openTrustPack } from './pack.ts';
import { firstReachable, probe, type Trusted, type Way } from './reach.ts';

/** A signed file, checked against a CA pin or the signer's fingerprint where one is known. */
export interface PackSource {
  readonly trustPack: string;
  readonly caPin?: string | undefined;
  readonly signer?: string | undefined;
  readonly alsoCaFile?: string | undefined;
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

/** @throws DeviceError `trust`, `unreachable`, `usage` */
export async function byPack(source: PackSource, known: Known, way: Way): Promise<Trusted> {
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
