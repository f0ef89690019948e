/** What the operator hands over beside a URL: pins and files of CAs. */
import { type Certificate, loadCertificateFile } from '@muster/pki';
import { DeviceError } from '../errors.ts';

/** A pin in its one spelling. @throws DeviceError `usage` */
export function pinHex(pin: string, what = 'CA pin'): string {
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

/** The CAs of a file. @throws DeviceError `usage` */
export async function readCaFile(file: string): Promise<[Certificate, ...Certificate[]]> {
  let certificates: Certificate[];
  try {
    certificates = await loadCertificateFile(file);
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
