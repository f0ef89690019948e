/** The client's verbs: join, report, rotate, leave. Each takes the state folder's lock for as long as it works. */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { type Certificate, decodeCertificates, type KeyType, makeDirectory } from '@muster/pki';
import { pairingWords, parseDeviceId, ProtocolError, type WireProfile } from '@muster/protocol';
import { askDaemon } from './agent/control.ts';
import {
  type Binding,
  bindingName,
  currentBinding,
  forgetBinding,
  loadBinding,
  pendingBindings,
  requireBinding,
  saveBinding,
} from './binding/binding.ts';
import { sendCapabilities } from './capabilities/report.ts';
import { withdraw } from './capabilities/withdraw.ts';
import { openClock } from './clock/clock.ts';
import { DeviceError, namedFileError, throwIfStopped } from './errors.ts';
import type { OnEvent } from './events.ts';
import type { ChildStatus } from './gateway/reported.ts';
import { openIdentity } from './key/identity.ts';
import { enroll } from './onboarding/enroll.ts';
import type { MadeRequest } from './onboarding/request.ts';
import type { TakenBack } from './onboarding/take-back.ts';
import { lockState } from './state/lock.ts';
import { establishTrust, type TrustSource } from './trust/establish.ts';

export interface JoinOptions {
  readonly stateDirectory: string;
  readonly trust: TrustSource;
  readonly deviceId?: string | undefined;
  /** Default p256. */
  readonly keyType?: KeyType | undefined;
  readonly keyFile?: string | undefined;
  readonly certFile?: string | undefined;
  /** A key in a token, as a `pkcs11:` URI. */
  readonly key?: string | undefined;
  readonly capabilitiesFile?: string | undefined;
  /** A gateway's inventory: a YAML file, or a directory with one file per child. */
  readonly inventory?: string | undefined;
  /** Default auto. */
  readonly profile?: 'auto' | WireProfile | undefined;
  /** An operator's ticket; one in the join string counts, too. */
  readonly ticket?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: OnEvent | undefined;
  /** Gives up waiting for a decision; never by default. */
  readonly timeoutSeconds?: number | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}

export interface Joined {
  readonly clientId: string;
  readonly deviceId: string;
  readonly wfm: string;
  readonly profile: string;
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** Works on a state folder, alone. @throws DeviceError `aborted` when it has been stopped before it begins */
async function locked<T>(
  { stateDirectory, signal }: { stateDirectory: string; signal?: AbortSignal | undefined },
  run: () => Promise<T>,
): Promise<T> {
  throwIfStopped(signal);
  try {
    await makeDirectory(stateDirectory);
    const unlock = await lockState(stateDirectory);
    try {
      return await run();
    } finally {
      await unlock();
    }
  } catch (error) {
    throw namedFileError(error);
  }
}

function checkDeviceId(deviceId: string | undefined): void {
  if (deviceId === undefined) return;
  try {
    parseDeviceId(deviceId);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new DeviceError('usage', error.message, { seen: deviceId.slice(0, 100), nextStep: error.nextStep });
  }
}

/** A damaged binding is made anew: trust is established again, and the same key gets the same clientId. */
async function presentBinding(stateDirectory: string, wfm: string): Promise<Binding | null> {
  return loadBinding(stateDirectory, bindingName(wfm)).catch((error: unknown) => {
    if (error instanceof DeviceError && error.code === 'state') return null;
    throw error;
  });
}

/** The CA pins that this device has for a WFM. */
function pinsOf(binding: Binding | null): string[] {
  if (binding?.anchors.kind !== 'ca') return [];
  return binding.anchors.pem.flatMap((pem) => decodeCertificates(pem).map((c) => `sha256:${c.sha256}`));
}

/**
 * Joins a WFM: trust, key, onboarding, capabilities. Running it again continues where it was: the same key, the same
 * clientId.
 * @throws DeviceError
 */
export function join(o: JoinOptions): Promise<Joined> {
  checkDeviceId(o.deviceId);
  return locked(o, () => joinUnlocked(o));
}

/** Joins for a caller that holds the lock. @param keepCurrent leaves the binding in force as it is */
export async function joinUnlocked(
  o: JoinOptions,
  { keepCurrent = false }: { keepCurrent?: boolean } = {},
): Promise<Joined> {
  const onEvent = o.onEvent ?? (() => undefined);
  const now = o.now ?? Date.now;
  const clock = await openClock(o.stateDirectory, now);
  const known = {
    pinsOf: async (url: string) => pinsOf(await presentBinding(o.stateDirectory, url)),
    keyFingerprint: async () => `sha256:${(await openIdentity({ ...o, clock })).signer.spkiSha256}`,
    now,
  };
  const trusted = await establishTrust(o.trust, known, o.signal, clock);
  onEvent({ event: 'trusted', wfm: trusted.wfm, caPin: trusted.caPin, how: trusted.how });
  for (const text of trusted.notices ?? []) onEvent({ event: 'notice', text });
  const identity = await openIdentity({ ...o, clock });
  const { signer, keyType, created } = identity;
  onEvent({
    event: 'key',
    keyType,
    location: signer.location,
    protection: signer.protection,
    token: signer.token ?? null,
    spkiSha256: signer.spkiSha256,
    created,
  });
  const words = pairingWords(trusted.caPin ?? '', signer.spkiSha256, sha256);
  onEvent({ event: 'words', words });

  const before = await presentBinding(o.stateDirectory, trusted.wfm);
  const { wfm, anchors, caPin, how, nonce } = trusted;
  const binding: Binding = {
    version: 1,
    certificateForm: 'base64-pem',
    learned: null,
    offsetSeconds: 0,
    reportedAt: null,
    clientId: null,
    continuity: null,
    retirementAcknowledged: false,
    order: null,
    ...before,
    profile: o.profile ?? before?.profile ?? 'auto',
    deviceId: identity.deviceId,
    wfm,
    anchors,
    caPin,
    how,
    nonce,
  };
  await saveBinding(o.stateDirectory, binding);
  const { lookAtOffer, syncChildren } = await import('./gateway/sync.ts');
  const offer = await lookAtOffer({ ...o, binding });
  const { capabilities } = offer;
  const done = await enroll({
    stateDirectory: o.stateDirectory,
    binding,
    identity,
    ...offer,
    words,
    ticket: o.ticket ?? trusted.ticket,
    now,
    clock,
    signal: o.signal,
    onEvent,
    timeoutSeconds: o.timeoutSeconds,
    keepCurrent,
    acceptNewClientId: true,
  });
  await syncChildren({ ...o, binding: done.binding, identity, offer, now, clock, onEvent });
  const { clientId } = done.binding;
  if (trusted.clientId !== undefined && trusted.clientId !== clientId)
    onEvent({
      event: 'notice',
      text: `The answer that was carried here names the clientId ${trusted.clientId}; the WFM has decided otherwise since.`,
    });
  const profile = done.binding.learned?.profile ?? '';
  const joined = { clientId, deviceId: capabilities.deviceId, wfm, profile };
  onEvent({ event: 'joined', ...joined });
  return joined;
}

/**
 * Reports this machine's capabilities now.
 * @throws DeviceError `not-joined`, `refused`, `unreachable`, `trust`
 */
export async function report(o: {
  stateDirectory: string;
  capabilitiesFile?: string | undefined;
  inventory?: string | undefined;
  signal?: AbortSignal | undefined;
  onEvent?: OnEvent | undefined;
  now?: (() => number) | undefined;
}): Promise<{ status: number; deviceId: string; profile: string; children: ChildStatus[] }> {
  // A daemon that works on this folder does it, with what it holds.
  const told = await askDaemon(o.stateDirectory, 'report', o.signal);
  if (told !== null)
    return told as { status: number; deviceId: string; profile: string; children: ChildStatus[] };
  return locked(o, async () => {
    const onEvent = o.onEvent ?? (() => undefined);
    const now = o.now ?? Date.now;
    const binding = await requireBinding(o.stateDirectory);
    const identity = await openIdentity(o);
    const { lookAtOffer, syncChildren } = await import('./gateway/sync.ts');
    const offer = await lookAtOffer({ ...o, binding });
    const how = {
      stateDirectory: o.stateDirectory,
      identity,
      now,
      clock: await openClock(o.stateDirectory, now),
      signal: o.signal,
      onEvent,
    };
    const sent = await sendCapabilities({ ...how, ...offer, binding });
    if (sent === 'unknown-client') {
      throw new DeviceError('refused', 'The WFM does not know this client any more.', {
        seen: '404 for the clientId',
        expected: binding.clientId,
        nextStep: 'Join again; the same key gets its clientId back, or a new decision.',
      });
    }
    await saveBinding(o.stateDirectory, sent.binding);
    const profile = sent.binding.learned?.profile ?? '';
    onEvent({ event: 'reported', deviceId: binding.deviceId, profile, status: sent.status });
    const { children } = await syncChildren({ ...how, binding: sent.binding, offer, isWhole: true });
    return { status: sent.status, deviceId: binding.deviceId, profile, children };
  });
}

/**
 * Changes the key, or renews the certificate of the present one. The clientId stays.
 * @throws DeviceError `not-joined`, `usage`, `refused`, `rejected`, `unreachable`, `trust`
 */
export function rotate(o: {
  stateDirectory: string;
  /** Keep the key and renew its certificate. */
  sameKey?: boolean | undefined;
  keyType?: KeyType | undefined;
  signal?: AbortSignal | undefined;
  now?: (() => number) | undefined;
}): Promise<{ clientId: string; before: string; after: string; certificate: string; notAfter: string }> {
  return locked(o, async () => {
    const binding = await requireBinding(o.stateDirectory);
    const present = await openIdentity(o);
    if (present.isForeign)
      throw new DeviceError('usage', 'The key and its certificate are files of your own.', {
        seen: present.signer.location,
        expected: 'a key that this client has made',
        nextStep:
          'Put the new files in place and join again; the operator merges the new key into this client.',
      });
    // Another WFM would take the second signature for noise, and this device for a stranger.
    if (o.sameKey !== true && binding.continuity === null)
      throw new DeviceError('refused', 'This WFM has not said that it can rotate keys.', {
        seen: binding.wfm,
        expected: 'a Muster WFM',
        nextStep: 'Report once (muster device report) and try again, or ask its operator.',
      });
    const now = o.now ?? Date.now;
    const clock = await openClock(o.stateDirectory, now);
    const how = { ...o, binding, present, now, clock };
    const { rotateKey, renewCertificate } = await import('./key/rotate.ts');
    const next = await (o.sameKey === true ? renewCertificate(how) : rotateKey(how));
    return {
      clientId: binding.clientId,
      before: `sha256:${present.signer.spkiSha256}`,
      after: `sha256:${next.signer.spkiSha256}`,
      certificate: `sha256:${next.certificate.sha256}`,
      notAfter: next.certificate.notAfter.toISOString(),
    };
  });
}

/** What leaving came to. */
export interface Left {
  /** Null for a device that had not joined yet. */
  readonly clientId: string | null;
  /** Whether the WFM had capabilities of it to delete. */
  readonly removed: boolean;
  /** Requests at WFMs that had not decided. */
  readonly requests: readonly TakenBack[];
}

interface LeaveOptions {
  readonly stateDirectory: string;
  readonly forgetKey?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Takes back what waits at other WFMs, or at the only one. A WFM that cannot be reached keeps nobody from the others. */
async function takeBackAll(o: LeaveOptions, pending: readonly Binding[]): Promise<TakenBack[]> {
  if (pending.length === 0) return [];
  const { takeBack } = await import('./onboarding/take-back.ts');
  const { stateDirectory, signal } = o;
  const identity = await openIdentity(o);
  const clock = await openClock(stateDirectory, Date.now);
  const requests: TakenBack[] = [];
  let failed: unknown;
  for (const binding of pending)
    try {
      requests.push(await takeBack({ stateDirectory, signal, identity, clock, now: Date.now }, binding));
    } catch (error) {
      failed ??= error;
    }
  if (failed !== undefined) throw failed;
  return requests;
}

/**
 * Leaves the WFM: its record of this device's capabilities is deleted, then the binding is forgotten. Requests that wait to
 * be decided, here or at another WFM, are taken back. The key stays unless told otherwise.
 * @throws DeviceError `not-joined`, `unreachable`, `refused`; called again, it goes on where it was
 */
export function leave(o: LeaveOptions): Promise<Left> {
  return locked(o, async () => {
    const pending = await pendingBindings(o.stateDirectory);
    let left: Omit<Left, 'requests'> = { clientId: null, removed: false };
    if (pending.length === 0 || (await currentBinding(o.stateDirectory)) !== null) {
      const binding = await requireBinding(o.stateDirectory);
      const identity = await openIdentity(o);
      const clock = await openClock(o.stateDirectory, Date.now);
      const removed = await withdraw({ ...o, binding, identity, now: Date.now, clock });
      await forgetBinding(o.stateDirectory, binding);
      left = { clientId: binding.clientId, removed };
    }
    const requests = await takeBackAll(o, pending);
    if (o.forgetKey === true) {
      for (const file of ['key.pem', 'certificate.pem', 'identity.json'])
        await rm(joinPath(o.stateDirectory, file), { force: true });
    }
    return { ...left, requests };
  });
}

/** Makes or loads the key and certificate, without any network. @throws DeviceError `state`, `usage` */
export async function prepareIdentity(o: {
  stateDirectory: string;
  keyType?: KeyType | undefined;
  keyFile?: string | undefined;
  certFile?: string | undefined;
  deviceId?: string | undefined;
  signal?: AbortSignal | undefined;
}): Promise<{
  certificate: Certificate;
  spkiSha256: string;
  created: boolean;
  keyLocation: string;
  keyType: string;
  deviceId: string;
}> {
  checkDeviceId(o.deviceId);
  throwIfStopped(o.signal);
  const { certificate, signer, created, keyType, deviceId } = await openIdentity(o);
  return {
    certificate,
    spkiSha256: signer.spkiSha256,
    created,
    keyLocation: signer.location,
    keyType,
    deviceId,
  };
}

/**
 * Makes a certificate request for the device's key, and the key when there is none.
 * @throws DeviceError `state`, `usage`
 */
export function requestCertificate(o: {
  stateDirectory: string;
  keyType?: KeyType | undefined;
  key?: string | undefined;
  deviceId?: string | undefined;
  signal?: AbortSignal | undefined;
}): Promise<{ csr: string; commonName: string; keyFingerprint: string }> {
  checkDeviceId(o.deviceId);
  return locked(o, async () => (await import('./key/factory.ts')).certificateRequest(o));
}

/**
 * Makes a signed request file that is carried to a WFM, and the key when there is none; no network.
 * @throws DeviceError `state`, `usage`
 */
export function requestAdmission(o: {
  stateDirectory: string;
  keyType?: KeyType | undefined;
  keyFile?: string | undefined;
  certFile?: string | undefined;
  deviceId?: string | undefined;
  capabilitiesFile?: string | undefined;
  signal?: AbortSignal | undefined;
  now?: (() => number) | undefined;
}): Promise<MadeRequest> {
  checkDeviceId(o.deviceId);
  return locked(o, async () => {
    const [{ makeRequest }, { discoverCapabilities }] = await Promise.all([
      import('./onboarding/request.ts'),
      import('./capabilities/discover.ts'),
    ]);
    const lookAt = (deviceId: string): ReturnType<typeof discoverCapabilities> =>
      discoverCapabilities({ deviceId, capabilitiesFile: o.capabilitiesFile });
    return makeRequest({ ...o, now: o.now ?? Date.now, lookAt });
  });
}

/**
 * Takes the certificate that was issued for the device's key.
 * @throws DeviceError `usage`, `state`
 */
export function installCertificate(o: {
  stateDirectory: string;
  file: string;
  signal?: AbortSignal | undefined;
}): Promise<{ fingerprint: string; subject: string; issuer: string; notAfter: string }> {
  return locked(o, async () => (await import('./key/factory.ts')).importCertificate(o));
}
