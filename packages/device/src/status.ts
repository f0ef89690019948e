/** What this device knows of itself, without any network. */
import { join } from 'node:path';
import {
  type Certificate,
  type KeyProtection,
  loadCertificateFile,
  type TokenDescription,
} from '@muster/pki';
import { askDaemon } from './agent/control.ts';
import type { AgentStatus } from './agent/standing.ts';
import { presentBinding } from './binding/binding.ts';
import { DeviceError, throwIfStopped } from './errors.ts';
import { type ChildStatus, childrenOf, loadReported } from './gateway/reported.ts';
import { type Identity, keyTypeOf, openIdentity, readSettings } from './key/identity.ts';

export interface DeviceStatus {
  readonly state: 'unbound' | 'pending' | 'active';
  readonly wfm: string | null;
  readonly clientId: string | null;
  readonly deviceId: string | null;
  readonly caPin: string | null;
  readonly profile: string | null;
  readonly reportedAt: string | null;
  readonly keyType: string | null;
  /** How the private key is kept. */
  readonly keyProtection: KeyProtection | null;
  /** The token that holds it, as it names itself. */
  readonly keyToken: TokenDescription | null;
  /** Why the token cannot be asked now. */
  readonly keyTrouble: {
    readonly message: string;
    readonly seen: string | null;
    readonly nextStep: string;
  } | null;
  readonly keyFingerprint: string | null;
  readonly fingerprint: string | null;
  readonly certificateNotAfter: string | null;
  readonly clockOffsetSeconds: number;
  /** What stands behind this gateway, as far as the WFM was told. */
  readonly children: readonly ChildStatus[];
  /** What the daemon of this folder says; null when none runs. */
  readonly daemon: AgentStatus | null;
}

/** The certificate as it lies there, for a key that cannot be asked. */
async function certificateOf(stateDirectory: string): Promise<Certificate | null> {
  const read = async (): Promise<Certificate | undefined> =>
    (await loadCertificateFile(join(stateDirectory, 'certificate.pem')))[0];
  return (await read().catch(() => undefined)) ?? null;
}

/**
 * What this device knows of itself; no network. A token that is away, or does not open, is said and keeps nothing else back.
 * @throws DeviceError `state` when a file is damaged
 */
export async function status(o: {
  stateDirectory: string;
  signal?: AbortSignal | undefined;
}): Promise<DeviceStatus> {
  throwIfStopped(o.signal);
  const { stateDirectory } = o;
  const binding = await presentBinding(stateDirectory);
  let identity: Identity | null = null;
  let keyTrouble: DeviceStatus['keyTrouble'] = null;
  if (binding !== null) {
    const { key } = await readSettings(stateDirectory);
    try {
      identity = await openIdentity(o);
    } catch (error) {
      if (!(error instanceof DeviceError) || key === undefined) throw error;
      keyTrouble = { message: error.message, seen: error.seen ?? null, nextStep: error.nextStep };
    }
  }
  const certificate =
    identity?.certificate ?? (keyTrouble === null ? null : await certificateOf(stateDirectory));
  return {
    state: binding === null ? 'unbound' : binding.clientId === null ? 'pending' : 'active',
    wfm: binding?.wfm ?? null,
    clientId: binding?.clientId ?? null,
    deviceId: binding?.deviceId ?? null,
    caPin: binding?.caPin ?? null,
    profile: binding?.learned?.profile ?? binding?.profile ?? null,
    reportedAt: binding?.reportedAt ?? null,
    keyType: certificate === null ? null : keyTypeOf(certificate),
    keyProtection: identity?.signer.protection ?? null,
    keyToken: identity?.signer.token ?? null,
    keyTrouble,
    keyFingerprint: certificate === null ? null : `sha256:${certificate.spkiSha256}`,
    fingerprint: certificate === null ? null : `sha256:${certificate.sha256}`,
    certificateNotAfter: certificate?.notAfter.toISOString() ?? null,
    clockOffsetSeconds: binding?.offsetSeconds ?? 0,
    children: binding === null ? [] : childrenOf(await loadReported(stateDirectory, binding)),
    daemon: (await askDaemon(stateDirectory, 'status', o.signal)) as AgentStatus | null,
  };
}
