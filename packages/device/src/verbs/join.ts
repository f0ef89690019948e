/** Joining a WFM: trust, key, onboarding, capabilities. */
import { createHash } from 'node:crypto';
import { decodeCertificates, type KeyType } from '@muster/pki';
import { pairingWords, type WireProfile } from '@muster/protocol';
import { type Binding, bindingName, currentBinding, loadBinding, saveBinding } from '../binding/binding.ts';
import { openClock } from '../clock/clock.ts';
import { DeviceError } from '../errors.ts';
import type { OnEvent } from '../events.ts';
import { openIdentity } from '../key/identity.ts';
import { enroll } from '../onboarding/enroll.ts';
import { establishTrust, type TrustSource } from '../trust/establish.ts';
import { checkDeviceId, locked } from './locked.ts';

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

/** A damaged binding is made anew: trust is established again, and the same key gets the same clientId. */
async function knownBinding(stateDirectory: string, wfm: string): Promise<Binding | null> {
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
 * clientId. A daemon that runs takes up what comes of it, also a request that waits to be decided.
 * @throws DeviceError `state` where a daemon serves another WFM
 */
export async function join(o: JoinOptions): Promise<Joined> {
  checkDeviceId(o.deviceId);
  return locked(o, (isServed) => joinUnlocked(o, { isServed }));
}

/** A device that is in service does not change its WFM by the way: it is moved, and the old WFM is told. */
async function checkUnserved(stateDirectory: string, wfm: string): Promise<void> {
  const current = await currentBinding(stateDirectory);
  if (current === null || current.wfm === wfm) return;
  throw new DeviceError('state', 'This device has a WFM, and a daemon that serves it.', {
    seen: current.wfm,
    expected: wfm,
    nextStep: 'Move it: muster device rebind TARGET; or leave that WFM first: muster device leave',
  });
}

/**
 * Joins for a caller that holds the lock.
 * @param keepCurrent leaves the binding in force as it is
 * @param isServed a daemon has lent the folder
 */
export async function joinUnlocked(
  o: JoinOptions,
  { keepCurrent = false, isServed = false }: { keepCurrent?: boolean; isServed?: boolean } = {},
): Promise<Joined> {
  const onEvent = o.onEvent ?? (() => undefined);
  const now = o.now ?? Date.now;
  const clock = await openClock(o.stateDirectory, now);
  const known = {
    pinsOf: async (url: string) => pinsOf(await knownBinding(o.stateDirectory, url)),
    keyFingerprint: async () => `sha256:${(await openIdentity({ ...o, clock })).signer.spkiSha256}`,
    now,
  };
  const trusted = await establishTrust(o.trust, known, o.signal, clock);
  if (isServed) await checkUnserved(o.stateDirectory, trusted.wfm);
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

  const before = await knownBinding(o.stateDirectory, trusted.wfm);
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
  const { lookAtOffer, syncChildren } = await import('../gateway/sync.ts');
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
