/** Trust carried by hand: a signed file with all that is needed, so that nothing unverified is ever fetched. */
import {
  type Certificate,
  CertificateError,
  caPin,
  FileTooLargeError,
  maximumSignedFile,
  openSignedFile,
  readBoundedFile,
  readCertificateFile,
  SignedFileError,
} from '@muster/pki';
import { parseTrustPack, ProtocolError, type TrustPack } from '@muster/protocol';
import { DeviceError } from '../errors.ts';

/** A trust pack whose form and signature hold. */
interface OpenedPack {
  readonly pack: TrustPack;
  readonly file: string;
  readonly authorities: readonly Certificate[];
  /** `sha256:<hex>` of the certificate that signed it. */
  readonly signer: string;
}

async function readText(file: string): Promise<string> {
  try {
    return (await readBoundedFile(file, maximumSignedFile)).toString('utf8');
  } catch (error) {
    const why = error instanceof FileTooLargeError ? 'cannot be used: it is too large' : 'cannot be read';
    throw new DeviceError('usage', `The trust pack ${file} ${why}.`, {
      seen: error instanceof Error ? error.message : '',
      nextStep: 'Check the path.',
      cause: error,
    });
  }
}

function authoritiesOf(pack: TrustPack): Certificate[] {
  return pack.caCertificates.map((pem, i) => {
    const [certificate, ...more] = readCertificateFile(Buffer.from(pem));
    // Pins and certificates that do not belong together are the trace of two packs that were mixed.
    if (certificate?.isCa !== true || more.length > 0 || caPin(certificate) !== pack.pins[i])
      throw new CertificateError('malformed', 'A CA certificate and its pin do not belong together.', {
        nextStep: 'Make it again on the WFM.',
      });
    return certificate;
  });
}

/**
 * Opens a trust pack; no network.
 * @throws DeviceError `usage` for what is none, `trust` for one that was changed after it was signed
 */
export async function openTrustPack(file: string): Promise<OpenedPack> {
  try {
    const opened = openSignedFile(await readText(file), 'trust-pack', 'trust pack');
    const pack = parseTrustPack(opened.statement);
    return { pack, file, authorities: authoritiesOf(pack), signer: `sha256:${opened.certificate.sha256}` };
  } catch (error) {
    if (error instanceof SignedFileError) {
      const { message, seen, expected, nextStep } = error;
      throw new DeviceError(error.code === 'bad-signature' ? 'trust' : 'usage', message, {
        ...(seen === undefined ? {} : { seen }),
        ...(expected === undefined ? {} : { expected }),
        nextStep,
        cause: error,
      });
    }
    if (!(error instanceof ProtocolError || error instanceof CertificateError)) throw error;
    throw new DeviceError('usage', `The trust pack cannot be used: ${error.message}`, {
      seen:
        error instanceof ProtocolError
          ? error.problems.map((p) => `${p.field} ${p.message}`).join('; ')
          : file,
      expected: 'a trust pack as a WFM makes it',
      nextStep: 'Make it again: muster wfm trust export --out FILE',
      cause: error,
    });
  }
}

/**
 * The CAs of a pack that are to be believed. What is known already judges the pack; with nothing known, the hand that
 * carried it is the trust, and its signature shows only that it arrived whole.
 * @param known pins that were given with it, or that this device has for this WFM
 * @throws DeviceError `trust` when the pack brings none of them
 */
export function believed(o: OpenedPack, known: readonly string[], from: string): readonly Certificate[] {
  if (known.length === 0) return o.authorities;
  const kept = o.authorities.filter((c) => known.includes(caPin(c)));
  if (kept.length === 0)
    throw new DeviceError('trust', `The trust pack brings another CA than ${from}.`, {
      seen: o.pack.pins.join(', ') || 'no CA',
      expected: known.join(' or '),
      nextStep: 'Compare the pin with the WFM itself (muster wfm trust show), then join with: --ca-pin PIN',
    });
  return kept;
}

/** @throws DeviceError `trust` when somebody else than expected has signed */
export function checkPackSigner(o: OpenedPack, expected: string): void {
  if (o.signer !== expected)
    throw new DeviceError('trust', 'Somebody else has signed this trust pack.', {
      seen: o.signer,
      expected,
      nextStep: 'Compare with the WFM itself (muster wfm trust show), and get the pack from there.',
    });
}

/** @throws DeviceError `trust` when the pack is the answer to another device's request */
export function checkPackIsFor(o: OpenedPack, keyFingerprint: string): void {
  const { device } = o.pack;
  if (device !== null && device.keyFingerprint !== keyFingerprint)
    throw new DeviceError('trust', `This answer is for another device: ${device.deviceId}.`, {
      seen: `this device's key ${keyFingerprint}`,
      expected: device.keyFingerprint,
      nextStep: 'Carry it to that device; for this one make a request: muster device request --out FILE',
    });
}

const iso = (ms: number): string => new Date(ms).toISOString();
const aDay = 86_400_000;

/**
 * Whether a pack still counts. The WFM's clock decides, because TLS has vouched for it; the device's own may never
 * have been set, so what it says is told, and decides only when there is nothing better.
 * @param theirs the WFM's time in milliseconds, or NaN
 * @returns what is odd about this device's clock, or null
 * @throws DeviceError `trust` when the pack has expired
 */
export function judgePackTime(pack: TrustPack, ours: number, theirs: number): string | null {
  const [madeAt, validUntil] = [Date.parse(pack.madeAt), Date.parse(pack.validUntil)];
  const now = Number.isNaN(theirs) ? ours : theirs;
  const clocks = `${Number.isNaN(theirs) ? 'no time from the WFM' : `${iso(theirs)} by the WFM's clock`}, ${iso(ours)} by this device's`;
  if (now > validUntil)
    throw new DeviceError('trust', `The trust pack expired on ${pack.validUntil}.`, {
      seen: clocks,
      expected: `a time before ${pack.validUntil}`,
      nextStep: 'Make a new one on the WFM: muster wfm trust export --out FILE',
    });
  if (ours < madeAt - aDay)
    return `By this device's clock (${iso(ours)}) the trust pack was made in the future (${pack.madeAt}); the clock is wrong, and the pack counts by the WFM's.`;
  if (ours > validUntil)
    return `By this device's clock (${iso(ours)}) the trust pack has expired; by the WFM's (${iso(theirs)}) it has not, and that one counts.`;
  return null;
}
