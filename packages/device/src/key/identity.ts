/** The device's key and certificate: made once, kept for good. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  type Certificate,
  CertificateError,
  FileTooLargeError,
  fileSigner,
  formatKeyUri,
  generateKeyPair,
  KeyFileError,
  type KeyType,
  loadCertificateFile,
  loadKeyFile,
  makeDirectory,
  parseKeyUri,
  readBoundedFile,
  saveKeyFile,
  type Signer,
} from '@muster/pki';
import { currentBinding } from '../binding/binding.ts';
import { type DeviceClock, openClock } from '../clock/clock.ts';
import { DeviceError } from '../errors.ts';
import { readSealed, writeSealed } from '../state/sealed.ts';
import { loadOrMakeCertificate } from './certificate.ts';
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
  /** Digests of a certificate that a CA has issued and that was imported; empty for one of the device's own making. */
  readonly issued: readonly string[];
  readonly certificate: Certificate;
  readonly chain: readonly Certificate[];
  readonly keyType: string;
  readonly created: boolean;
  readonly deviceId: string;
}

function named(error: unknown): unknown {
  if (
    !(
      error instanceof KeyFileError ||
      error instanceof CertificateError ||
      error instanceof FileTooLargeError
    )
  )
    return namedTokenError(error);
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
  const isEncrypted = (await readBoundedFile(path, 65_536)).includes('ENCRYPTED PRIVATE KEY');
  return fileSigner(pair, path, undefined, isEncrypted ? 'software-encrypted' : 'software');
}

interface KeyAt {
  readonly signer: Signer;
  readonly created: boolean;
}

async function loadOrMakeKey(state: string, type: KeyType): Promise<KeyAt> {
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

/** The key in a token, or the file in the state folder; made when there is none. */
function keyAt(state: string, uri: string | undefined, type: KeyType = 'p256'): Promise<KeyAt> {
  return uri === undefined ? loadOrMakeKey(state, type) : tokenSigner(parseKeyUri(uri), type);
}

/**
 * Opens the key alone, whatever became of its certificate; makes it when there is none.
 * @throws DeviceError `state`, `usage`
 */
export async function openKey(o: { stateDirectory: string }, { key }: SavedSettings): Promise<Signer> {
  try {
    return (await keyAt(o.stateDirectory, key)).signer;
  } catch (error) {
    throw named(error);
  }
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
  /** Digests of certificate.pem as a CA has issued it. */
  readonly issued?: readonly string[];
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

/** Writes it; durable when it resolves. */
export const saveSettings = (state: string, settings: SavedSettings): Promise<void> =>
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
  const chain = await loadCertificateFile(o.certFile);
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

interface Opened extends KeyAt {
  readonly chain: Certificate[];
  readonly issued: readonly string[];
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
    let opened: Opened;
    if (keyFile !== undefined || certFile !== undefined) {
      opened = { ...(await ownFiles({ ...o, keyFile, certFile })), created: false, issued: [] };
    } else {
      // Remembered before it is made: after a cut in between, the same key is found and no other made.
      if (key !== undefined && saved.key !== key) await saveSettings(o.stateDirectory, { ...saved, key });
      const { signer, created } = await keyAt(o.stateDirectory, key, o.keyType);
      opened = {
        signer,
        created,
        ...(await loadOrMakeCertificate({
          path: join(o.stateDirectory, 'certificate.pem'),
          signer,
          commonName: (o.deviceId ?? defaultDeviceId(signer.spkiSha256)).slice(0, 64),
          clock: o.clock ?? (await openClock(o.stateDirectory, Date.now)),
          issued: saved.issued ?? [],
        })),
      };
    }
    const { signer, issued } = opened;
    const deviceId = o.deviceId ?? saved.deviceId ?? defaultDeviceId(signer.spkiSha256);
    const settings = {
      ...(keyFile === undefined ? {} : { keyFile }),
      ...(certFile === undefined ? {} : { certFile }),
      ...(key === undefined ? {} : { key }),
      deviceId,
      ...(issued.length === 0 ? {} : { issued }),
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
      issued,
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
