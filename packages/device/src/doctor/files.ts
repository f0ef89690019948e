/** What the doctor looks at on the disk: the key, who may read it, and the certificate that goes with it. */
import { join } from 'node:path';
import {
  type Certificate,
  fileSigner,
  loadCertificateFile,
  loadKeyFile,
  parseKeyUri,
  type Signer,
} from '@muster/pki';
import { type Check, fail, pass, skip, warn } from '@muster/protocol';
import { digestOfFile, readPresent } from '../key/certificate.ts';
import { readSettings, type SavedSettings } from '../key/identity.ts';
import { keyPassphrase } from '../key/passphrase.ts';
import { tokenSigner } from '../key/token.ts';
import { failed } from './check.ts';

const day = 86_400_000;

interface Files {
  readonly checks: Check[];
  readonly signer: Signer | null;
}

/** Looks at the key and the certificate in the state folder. @param now milliseconds since 1970 */
export async function fileChecks(state: string, now: number): Promise<Files> {
  let saved: SavedSettings;
  try {
    saved = await readSettings(state);
  } catch (error) {
    return { checks: [failed('key permissions', error, 'Restore identity.json.')], signer: null };
  }
  const checks: Check[] = [];
  let signer: Signer | null = null;
  const inToken = saved.key;
  const keyPath = saved.keyFile ?? join(state, 'key.pem');
  try {
    if (inToken === undefined) {
      signer = fileSigner(await loadKeyFile(keyPath, await keyPassphrase(keyPath)), keyPath);
      checks.push(pass('key permissions', `${keyPath}, for its owner only`));
    } else {
      ({ signer } = await tokenSigner(parseKeyUri(inToken)));
      const { manufacturer = '', model = '', label = '' } = signer.token ?? {};
      checks.push(pass('token', `${label} (${manufacturer} ${model}, ${signer.protection}) has the key`));
    }
  } catch (error) {
    const name = inToken === undefined ? 'key permissions' : 'token';
    checks.push(failed(name, error, `Check ${inToken ?? keyPath}.`));
  }
  const certPath = saved.certFile ?? join(state, 'certificate.pem');
  const issued = saved.issued ?? [];
  const present = await readPresent(certPath).catch(() => null);
  const isLost = issued.length > 0 && (present === null || !issued.includes(digestOfFile(present)));
  let certificate: Certificate | undefined;
  try {
    certificate = (await loadCertificateFile(certPath))[0];
  } catch (error) {
    if (!isLost)
      checks.push(failed('device certificate', error, 'Join again; the same key gets the same clientId.'));
  }
  if (certificate === undefined || signer === null) {
    checks.push(skip('key and certificate', 'one of them cannot be read'));
  } else if (certificate.spkiSha256 === signer.spkiSha256) {
    checks.push(pass('key and certificate', 'belong together'));
  } else {
    checks.push(
      fail(
        'key and certificate',
        'the certificate is that of another key',
        `Put the certificate of this key into ${certPath}.`,
      ),
    );
  }
  if (isLost) {
    const seen = 'not the one that a CA has issued, or damaged';
    checks.push(fail('device certificate', seen, 'Import it again: muster device import-certificate FILE'));
  } else if (certificate !== undefined) {
    const until = certificate.notAfter.toISOString().slice(0, 10);
    const left = certificate.notAfter.getTime() - now;
    const renew =
      issued.length > 0
        ? 'Have it issued anew (muster device csr), then leave, import it, and join again.'
        : 'Renew it: muster device rotate --same-key';
    checks.push(
      left < 0
        ? fail('device certificate', `expired on ${until}`, renew)
        : certificate.notBefore.getTime() > now
          ? fail('device certificate', 'not valid yet', 'Check the date on this device.')
          : left < 30 * day
            ? warn('device certificate', `ends on ${until}`, renew)
            : pass('device certificate', `valid until ${until}`),
    );
  }
  return { checks, signer };
}
