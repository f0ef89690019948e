/** The device's key and certificate: made once, kept for good. */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  type Certificate,
  CertificateError,
  fileSigner,
  formatKeyUri,
  generateKeyPair,
  KeyFileError,
  type KeyType,
  loadKeyFile,
  makeDirectory,
  parseKeyUri,
  readCertificateFile,
  saveKeyFile,
  selfSignedDeviceCertificate,
  type Signer,
  writeFileAtomic,
} from '@muster/pki';
import { currentBinding } from '../binding/binding.ts';
import { type DeviceClock, openClock } from '../clock/clock.ts';
import { isOfWrongClock, ownValidity } from '../clock/judge.ts';
import { DeviceError } from '../errors.ts';
import { readSealed, writeSealed } from '../state/sealed.ts';
import { forgetTyped, keyFilePassphrase, keyPassphrase } from './passphrase.ts';
import { namedTokenError, tokenSigner } from './token.ts';

export interface IdentityOptions {
  readonly stateDirectory: string;
  readonly keyType?: KeyType | undefined;
  /** Bring your own key and certificate: both or none. */
  readonly keyFile?: string | undefined;
  readonly certFile?: string | undefined;
  /** A key in a token, as a `pkcs11:` URI (RFC 7512); made there when there is none. */
  readonly key?: string | undefined;
  readonly deviceId?: string | undefined;
  /** By which a certificate is made; by default that of the state folder. */
  readonly clock?: DeviceClock | undefined;
}

export interface Identity {
  readonly signer: Signer;
  /** The URI of the key in a token; null for a key file. */
  readonly key: string | null;
  /** The key and certificate files are somebody else's: they are read, never changed. */
  readonly isForeign: boolean;
  readonly certificate: Certificate;
  readonly chain: readonly Certificate[];
  readonly keyType: string;
  readonly created: boolean;
  readonly deviceId: string;
}

function named(error: unknown): unknown {
  if (!(error instanceof KeyFileError || error instanceof CertificateError)) return namedTokenError(error);
  const { seen, expected } = error;
  const isLocked = error.code === 'passphrase';
  return new DeviceError('state', error.message, {
    ...(seen === undefined ? {} : { seen }),
    ...(expected === undefined ? {} : { expected }),
    nextStep: isLocked
      ? 'Name a file with the passphrase in MUSTER_KEY_PASSPHRASE_FILE, or type it at a terminal.'
      : error.nextStep,
    cause: error,
  });
}

async function fileKey(path: string, passphrase: string | undefined): Promise<Signer> {
  const pair = await loadKeyFile(path, passphrase).catch((error: unknown) => {
    if (error instanceof KeyFileError && error.code === 'passphrase') forgetTyped(keyFilePassphrase);
    throw error;
  });
  const isEncrypted = (await readFile(path, 'utf8')).includes('ENCRYPTED PRIVATE KEY');
  return fileSigner(pair, path, undefined, isEncrypted ? 'software-encrypted' : 'software');
}

async function loadOrMakeKey(state: string, type: KeyType): Promise<{ signer: Signer; created: boolean }> {
  const path = join(state, 'key.pem');
  const passphrase = await keyPassphrase(path);
  try {
    return { signer: await fileKey(path, passphrase), created: false };
  } catch (error) {
    if (!(error instanceof KeyFileError && error.code === 'missing')) throw error;
    if (!(await mayMakeKey(state)))
      throw new DeviceError('state', 'The key of this device is gone.', {
        seen: `no ${path}`,
        expected: 'the key with which it has joined',
        nextStep: 'Restore it from a backup; or become a new device in another folder: --state DIR',
      });
    await saveKeyFile(path, (await generateKeyPair(type)).privateKey, passphrase);
    return { signer: await fileKey(path, passphrase), created: true };
  }
}

async function loadOrMakeCertificate(
  path: string,
  signer: Signer,
  commonName: string,
  clock: DeviceClock,
): Promise<Certificate[]> {
  try {
    const found = readCertificateFile(await readFile(path));
    const [leaf] = found;
    const isUseless = leaf?.selfIssued === true && isOfWrongClock(leaf, clock.lowerBound, clock.trusted);
    // A certificate of another key is the trace of a cut between the two writes; the key is the identity.
    if (leaf?.spkiSha256 === signer.spkiSha256 && !isUseless) return found;
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!missing && !(error instanceof CertificateError)) throw error;
  }
  const certificate = await selfSignedDeviceCertificate({
    keys: signer,
    commonName,
    ...ownValidity(clock),
  });
  await writeFileAtomic(path, certificate.pem, 0o644);
  return [certificate];
}

/** A device id from the host's name and the key: readable, and different on cloned hosts. */
function defaultDeviceId(spki: string): string {
  const name = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9._~-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 48);
  return `${name === '' ? 'device' : name}-${spki.slice(0, 8)}`;
}

export interface SavedSettings {
  readonly keyFile?: string;
  readonly certFile?: string;
  readonly key?: string;
  readonly deviceId?: string;
}

const settingsFile = (state: string): string => join(state, 'identity.json');

/** The kind of a key, as it is asked for: `p256`, `rsa2048`. */
export const keyTypeOf = ({ keyType, keyBits }: Certificate): string =>
  keyType === 'rsa' ? `rsa${keyBits}` : keyType;

/** What was said at the first start. @throws DeviceError `state` when the file is damaged */
export async function readSettings(state: string): Promise<SavedSettings> {
  const found = await readSealed(
    settingsFile(state),
    'identity',
    'Restore it; or remove it and join again with the same --device-id and key: the same key gets the same clientId.',
  );
  return (found ?? {}) as SavedSettings;
}

const saveSettings = (state: string, settings: SavedSettings): Promise<void> =>
  writeSealed(settingsFile(state), 'identity', settings);

/** A device that a WFM knows does not make itself a new key: it would be somebody else. */
async function mayMakeKey(state: string): Promise<boolean> {
  return currentBinding(state).then(
    (binding) => binding === null || binding.clientId === null,
    () => false,
  );
}

async function ownFiles(o: IdentityOptions): Promise<{ signer: Signer; chain: Certificate[] }> {
  if (o.keyFile === undefined || o.certFile === undefined) {
    throw new DeviceError('usage', 'A key of your own needs its certificate.', {
      seen: 'one of the two',
      expected: '--key-file and --cert-file',
      nextStep: 'Give both.',
    });
  }
  const signer = await fileKey(o.keyFile, await keyPassphrase(o.keyFile));
  const chain = readCertificateFile(await readFile(o.certFile));
  if (chain[0]?.spkiSha256 !== signer.spkiSha256) {
    throw new DeviceError('usage', 'The certificate does not belong to the key.', {
      seen: chain[0]?.spkiSha256 ?? 'no certificate',
      expected: signer.spkiSha256,
      nextStep: 'Give the certificate that was issued for this key.',
    });
  }
  return { signer, chain };
}

/** The key that was named, now or before, in its one spelling. A device does not slip from one key to another. */
function keyUriOf(o: IdentityOptions, saved: SavedSettings): string | undefined {
  if (o.key === undefined) return saved.key;
  const key = formatKeyUri(parseKeyUri(o.key));
  const other = o.keyFile ?? saved.keyFile ?? (saved.key === key ? undefined : saved.key);
  if (other === undefined && (saved.key !== undefined || saved.deviceId === undefined)) return key;
  throw new DeviceError('usage', 'This state folder has another key.', {
    seen: other ?? 'key.pem',
    expected: key,
    nextStep: 'Leave --key out, or take another state folder.',
  });
}

/**
 * Makes or loads the identity, without any network.
 * @throws DeviceError `state`, `usage`
 */
export async function openIdentity(o: IdentityOptions): Promise<Identity> {
  try {
    await makeDirectory(o.stateDirectory);
    const saved = await readSettings(o.stateDirectory);
    const keyFile = o.keyFile ?? saved.keyFile;
    const certFile = o.certFile ?? saved.certFile;
    const key = keyUriOf(o, saved);
    let opened: { signer: Signer; chain: Certificate[]; created: boolean };
    if (keyFile !== undefined || certFile !== undefined) {
      opened = { ...(await ownFiles({ ...o, keyFile, certFile })), created: false };
    } else {
      // Remembered before it is made: after a cut in between, the same key is found and no other made.
      if (key !== undefined && saved.key !== key) await saveSettings(o.stateDirectory, { ...saved, key });
      const type = o.keyType ?? 'p256';
      const { signer, created } =
        key === undefined
          ? await loadOrMakeKey(o.stateDirectory, type)
          : await tokenSigner(parseKeyUri(key), type);
      opened = {
        signer,
        created,
        chain: await loadOrMakeCertificate(
          join(o.stateDirectory, 'certificate.pem'),
          signer,
          (o.deviceId ?? defaultDeviceId(signer.spkiSha256)).slice(0, 64),
          o.clock ?? (await openClock(o.stateDirectory, Date.now)),
        ),
      };
    }
    const { signer } = opened;
    const deviceId = o.deviceId ?? saved.deviceId ?? defaultDeviceId(signer.spkiSha256);
    const settings = {
      ...(keyFile === undefined ? {} : { keyFile }),
      ...(certFile === undefined ? {} : { certFile }),
      ...(key === undefined ? {} : { key }),
      deviceId,
    };
    if (JSON.stringify(settings) !== JSON.stringify(saved)) await saveSettings(o.stateDirectory, settings);
    const certificate = opened.chain[0];
    if (certificate === undefined)
      throw new DeviceError('state', 'There is no certificate.', {
        nextStep: 'Remove certificate.pem from the state folder.',
      });
    return {
      signer,
      key: key ?? null,
      isForeign: keyFile !== undefined,
      certificate,
      chain: opened.chain,
      keyType: keyTypeOf(certificate),
      created: opened.created,
      deviceId,
    };
  } catch (error) {
    throw named(error);
  }
}
