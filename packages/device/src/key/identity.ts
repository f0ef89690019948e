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
import { isObject, parseDeviceId, ProtocolError } from '@muster/protocol';
import { type DeviceClock, openClock } from '../clock/clock.ts';
import { isOfWrongClock, ownValidity } from '../clock/judge.ts';
import { DeviceError } from '../errors.ts';
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

async function loadOrMakeKey(path: string, type: KeyType): Promise<{ signer: Signer; created: boolean }> {
  const passphrase = await keyPassphrase(path);
  try {
    return { signer: await fileKey(path, passphrase), created: false };
  } catch (error) {
    if (!(error instanceof KeyFileError && error.code === 'missing')) throw error;
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

interface SavedSettings {
  readonly keyFile?: string;
  readonly certFile?: string;
  readonly key?: string;
  readonly deviceId?: string;
}

/** What was said at the first start. @throws DeviceError `state` when the file is damaged */
async function readSettings(path: string): Promise<SavedSettings> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '{}';
    throw error;
  });
  try {
    const value: unknown = JSON.parse(text);
    const names = ['keyFile', 'certFile', 'key', 'deviceId'];
    if (
      isObject(value) &&
      Object.entries(value).every(([k, v]) => names.includes(k) && typeof v === 'string')
    ) {
      if (typeof value['deviceId'] === 'string') parseDeviceId(value['deviceId']);
      return value;
    }
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof ProtocolError)) throw error;
  }
  throw new DeviceError('state', `The state file ${path} is damaged.`, {
    seen: text.slice(0, 60),
    expected: 'the file as it was written',
    nextStep:
      'Restore it; or remove it and join again with the same --device-id and key: the same key gets the same clientId.',
  });
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
    const settingsPath = join(o.stateDirectory, 'identity.json');
    const saved = await readSettings(settingsPath);
    const keyFile = o.keyFile ?? saved.keyFile;
    const certFile = o.certFile ?? saved.certFile;
    const key = keyUriOf(o, saved);
    let opened: { signer: Signer; chain: Certificate[]; created: boolean };
    if (keyFile !== undefined || certFile !== undefined) {
      opened = { ...(await ownFiles({ ...o, keyFile, certFile })), created: false };
    } else {
      // Remembered before it is made: after a cut in between, the same key is found and no other made.
      if (key !== undefined && saved.key !== key)
        await writeFileAtomic(settingsPath, JSON.stringify({ ...saved, key }), 0o600);
      const type = o.keyType ?? 'p256';
      const { signer, created } =
        key === undefined
          ? await loadOrMakeKey(join(o.stateDirectory, 'key.pem'), type)
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
    const settings = JSON.stringify({
      ...(keyFile === undefined ? {} : { keyFile }),
      ...(certFile === undefined ? {} : { certFile }),
      ...(key === undefined ? {} : { key }),
      deviceId,
    });
    if (settings !== JSON.stringify(saved)) await writeFileAtomic(settingsPath, settings, 0o600);
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
      keyType: certificate.keyType === 'rsa' ? `rsa${certificate.keyBits}` : certificate.keyType,
      created: opened.created,
      deviceId,
    };
  } catch (error) {
    throw named(error);
  }
}
