/**
 * Rotation of a client's key without an operator: the onboarding request for the new certificate carries two
 * signatures (RFC 9421 section 4: several labels), one of the new key and one of the old, which names the clientId.
 */
import { SignatureError } from '@muster/signatures';
import type { AdmissionFacts } from '../admission/decide.ts';
import { firstRule } from '../admission/rules.ts';
import type { ReceivedRequest } from '../authenticate/context.ts';
import { checkSignature, signatureProblem } from '../authenticate/signature.ts';
import { HttpProblem } from '../http/problem.ts';
import type { Applicant, ClientRecord, Receipt } from '../store/ports.ts';
import type { DeviceApi } from './context.ts';

/** The clientId that a second signature names. UNAUTHENTICATED: it says only whose key to try. */
function namedClient(fields: readonly string[]): string | null {
  for (let i = 0; i + 1 < fields.length; i += 2) {
    if (fields[i]?.toLowerCase() !== 'signature-input') continue;
    const match = /;keyid="([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"/.exec(fields[i + 1] ?? '');
    if (match?.[1] !== undefined) return match[1];
  }
  return null;
}

function checkMayRotate(client: ClientRecord, applicant: Applicant, facts: AdmissionFacts): void {
  const refuse = (detail: string): HttpProblem =>
    new HttpProblem('client-rejected', { detail, extra: { rule: 'key rotation' } });
  if (client.state === 'blocked')
    throw new HttpProblem('client-blocked', {
      detail: 'A blocked client cannot change its key.',
    });
  if (client.state === 'retired') throw refuse('A retired client cannot change its key.');
  if (facts.client !== null && client.spkiSha256 !== applicant.spkiSha256)
    throw refuse('The new key belongs to another client already. Make a new key.');
  if (facts.keyGivenUp)
    throw refuse('The new key was given up before and does not come back. Make a new key.');
  if (facts.enrollment === 'rejected') throw refuse('An operator has rejected the new key.');
  const { chain } = facts.evidence;
  if (chain !== null && chain.result !== 'valid')
    throw new HttpProblem('certificate-not-trusted', {
      detail: chain.reason,
      extra: { rule: 'key rotation' },
    });
  const { rule } = firstRule(facts.rules, facts.evidence, facts.now);
  if (rule?.action === 'deny')
    throw new HttpProblem('certificate-not-trusted', { detail: rule.reason, extra: { rule: rule.name } });
}

/**
 * Rotates when the request has a second signature that names a client.
 * @returns the clientId, or null when this is an ordinary onboarding
 * @throws HttpProblem when the old key has not signed, or the client may not change its key
 */
export async function rotateKey(
  api: DeviceApi,
  o: { received: ReceivedRequest; applicant: Applicant; receipt: Receipt; facts: AdmissionFacts },
): Promise<string | null> {
  const { received, applicant, receipt, facts } = o;
  const clientId = namedClient(received.fields);
  if (clientId === null) return null;
  const client = await api.store.clients.byId(clientId);
  if (client === null)
    throw new HttpProblem('invalid-client', {
      detail: 'The second signature names a client that is not known here.',
    });
  // The same key with another certificate is a renewal, which needs no second signature; a repetition, the same.
  if (client.spkiSha256 === applicant.spkiSha256) return null;
  try {
    await checkSignature(api, received, api.keys.of(client).keyObject);
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    throw signatureProblem(
      new SignatureError(
        'signature-mismatch',
        'The present key of the client has not signed this rotation.',
        {
          seen: `a second signature for ${clientId}`,
          expected: `one by the key ${client.spkiSha256}`,
          nextStep: 'Sign the request with both keys; the second keyid is the clientId.',
        },
      ),
    );
  }
  checkMayRotate(client, applicant, facts);
  const result = await api.store.clients.rotate({
    clientId,
    oldKey: client.spkiSha256,
    applicant,
    receipt,
    overlapUntil: Math.round(api.now() + api.rotationOverlapSeconds * 1000),
    now: api.now(),
  });
  if (result === 'conflict')
    throw new HttpProblem('client-rejected', {
      detail: 'The client or the new key changed in the meantime. Try again.',
      retryAfterSeconds: 5,
      extra: { rule: 'key rotation' },
    });
  if (result === 'rotated') api.log.info({ clientId, key: applicant.spkiSha256 }, 'key rotated');
  return clientId;
}
