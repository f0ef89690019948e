/** Key on file: every signed request after onboarding. The steps, in order. */
import { isClientId } from '@muster/protocol';
import { SignatureError, type VerifiedSignature } from '@muster/signatures';
import { HttpProblem } from '../http/problem.ts';
import type { ClientRecord } from '../store/ports.ts';
import type { AuthenticationContext, Principal, ReceivedRequest } from './context.ts';
import type { KeyOnFile } from './key-cache.ts';
import { Once } from './once.ts';
import { checkDigest, checkSignature, signatureProblem } from './signature.ts';

/**
 * Verifies a request against the key on file for the clientId of its path, and no other key.
 * @param o.evenRetired lets a retired client through, for the one thing that it may still say
 * @param o.claim when the request is claimed: `with-report` leaves it to the caller, who must not write before
 * @throws HttpProblem 400 digest, 404 unknown client, 401 signature or replay, 403 certificate or state
 */
export async function authenticateKnownClient(
  context: AuthenticationContext,
  request: ReceivedRequest,
  clientId: string,
  { evenRetired = false, claim = 'now' }: { evenRetired?: boolean; claim?: 'now' | 'with-report' } = {},
): Promise<Principal> {
  checkDigest(request);
  const client = await findClient(context, clientId);
  const { key, verified, spkiSha256 } = await checkKeys(context, request, client);
  await checkKeyid(context, client, verified.parameters.keyid);
  const once = onceOf(context, request, client, verified);
  if (claim === 'now') await once.now();
  try {
    checkCertificateTime(context, key);
    if (!(evenRetired && client.state === 'retired')) checkState(client);
  } catch (error) {
    await once.now();
    throw error;
  }
  const { history, historyConfirmed, historyAt, caPins, rebind } = client;
  return {
    clientId,
    spkiSha256,
    once,
    history: { latest: history, confirmed: historyConfirmed },
    historyAt,
    caPins,
    rebind,
  };
}

/** The key on file, or within the overlap of a rotation the one before it. Never one that `keyid` names. */
async function checkKeys(
  context: AuthenticationContext,
  request: ReceivedRequest,
  client: ClientRecord,
): Promise<{ key: KeyOnFile; verified: VerifiedSignature; spkiSha256: string }> {
  const key = context.keys.of(client);
  try {
    const { verified } = await checkSignature(context, request, key.keyObject);
    return { key, verified, spkiSha256: client.spkiSha256 };
  } catch (error) {
    const now = context.now();
    if (client.previousUntil === null || client.previousUntil <= now) throw error;
    const previous = await context.store.clients.previousKey(client.clientId, now);
    if (previous === null) throw error;
    const oldKey = context.keys.of(previous);
    const { verified } = await checkSignature(context, request, oldKey.keyObject).catch(() => {
      throw error;
    });
    return { key: oldKey, verified, spkiSha256: previous.spkiSha256 };
  }
}

async function findClient(context: AuthenticationContext, clientId: string): Promise<ClientRecord> {
  const client = isClientId(clientId) ? await context.store.clients.byId(clientId) : null;
  if (client === null)
    throw new HttpProblem('invalid-client', { detail: 'This clientId is not known here. Onboard again.' });
  return client;
}

/** keyid never chooses a key; but one that names somebody else is a sign of mixed-up identities. */
async function checkKeyid(
  context: AuthenticationContext,
  client: ClientRecord,
  keyid: string | undefined,
): Promise<void> {
  if (keyid === undefined) return;
  const lower = keyid.toLowerCase();
  if ([client.spkiSha256, client.certificateSha256, client.clientId.toLowerCase()].includes(lower)) return;
  const other =
    (/^[0-9a-f]{64}$/.test(lower) ? await context.store.clients.keyOnFile(lower) : null) ??
    (isClientId(keyid) ? await context.store.clients.byId(keyid) : null);
  if (other === null || other.clientId === client.clientId) return;
  throw signatureProblem(
    new SignatureError('parameter-invalid', 'The keyid names another client than the path.', {
      seen: 'the keyid of another client',
      expected: client.spkiSha256,
      nextStep: 'Send the hex SHA-256 of your own public key as keyid.',
    }),
  );
}

/** Only after the signature is known to be true, and by its base: ECDSA signatures can be rewritten. */
function onceOf(
  context: AuthenticationContext,
  { method }: ReceivedRequest,
  { spkiSha256 }: ClientRecord,
  { baseSha256, parameters: { created = 0 } }: VerifiedSignature,
): Once {
  // Whole milliseconds, whatever the settings: PostgreSQL keeps no fractions of them.
  const expiresAt = Math.ceil((created + context.maxAgeSeconds + context.maxSkewSeconds) * 1000);
  const mayRepeat = method === 'GET' || method === 'HEAD';
  return new Once(context.store.replay, { spkiSha256, baseSha256, expiresAt }, { mayRepeat });
}

function checkCertificateTime(
  context: AuthenticationContext,
  key: { notBefore: number; notAfter: number },
): void {
  const now = context.now();
  if (now <= key.notAfter && now >= key.notBefore) return;
  const detail =
    now > key.notAfter
      ? 'The certificate on file has expired. Onboard with a new certificate of the same key.'
      : 'The certificate on file is not valid yet.';
  throw new HttpProblem('certificate-not-trusted', { detail });
}

function checkState(client: ClientRecord): void {
  if (client.state === 'blocked')
    throw new HttpProblem('client-blocked', {
      detail: client.blockedReason ?? 'An operator has blocked this client.',
    });
  if (client.state === 'retired')
    throw new HttpProblem('client-retired', {
      detail: client.retiredReason ?? 'An operator has retired this client.',
    });
}
