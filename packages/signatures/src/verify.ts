/** Verification in one visible order: bounds, coverage, times, base, key, algorithm, cryptography. */
import { hash } from 'node:crypto';
import { algorithmsOfKey, verifyBytes } from './algorithms.ts';
import { signatureBase } from './base.ts';
import { SignatureError } from './errors.ts';
import { type BareItem, type ComponentItem, readSignatureInput, readSignatures } from './structured-field.ts';
import type {
  ClaimedParameters,
  Message,
  SignatureAlgorithm,
  VerificationKey,
  VerificationPolicy,
  VerifiedSignature,
} from './types.ts';

function combinedField(message: Message, name: string, title: string): string {
  const values: string[] = [];
  for (let i = 0; i + 1 < message.fields.length; i += 2) {
    if ((message.fields[i] ?? '').toLowerCase() === name) values.push(message.fields[i + 1] ?? '');
  }
  if (values.length === 0) {
    throw new SignatureError('signature-missing', `The message has no ${title} field.`, {
      seen: 'no field',
      expected: 'Signature-Input and Signature (RFC 9421 section 4)',
      nextStep: 'Sign the message.',
    });
  }
  return values.join(', ');
}

function integer(parameters: ReadonlyMap<string, BareItem>, name: 'created' | 'expires'): number | undefined {
  const item = parameters.get(name);
  if (item === undefined) return undefined;
  if (item.kind !== 'integer' || item.value < 0) {
    throw new SignatureError(
      name === 'created' ? 'created-invalid' : 'parameter-invalid',
      `The parameter ${name} is not a time.`,
      {
        seen: `${item.kind} ${String(item.value)}`,
        expected: 'an integer of seconds since 1970',
        nextStep: `Write ${name} as a bare integer (RFC 9421 section 2.3).`,
      },
    );
  }
  return item.value;
}

function text(
  parameters: ReadonlyMap<string, BareItem>,
  name: 'nonce' | 'alg' | 'keyid' | 'tag',
): string | undefined {
  const item = parameters.get(name);
  if (item === undefined) return undefined;
  if (item.kind !== 'string') {
    throw new SignatureError('parameter-invalid', `The parameter ${name} is not a string.`, {
      seen: item.kind,
      expected: 'a quoted string',
      nextStep: `Write ${name} in double quotes (RFC 9421 section 2.3).`,
    });
  }
  return item.value;
}

interface Candidate {
  readonly claimed: ClaimedParameters;
  readonly components: readonly ComponentItem[];
  readonly raw: string;
  readonly signature: Uint8Array;
}

function requireCoverage(components: readonly ComponentItem[], policy: VerificationPolicy): void {
  for (const item of components) {
    const lower = item.name.toLowerCase();
    if (lower !== item.name && !(policy.allowMixedCaseFieldNames === true && !item.name.startsWith('@'))) {
      throw new SignatureError('component-unknown', `The component ${item.raw} is not in lower case.`, {
        seen: item.raw,
        expected: `"${lower}"`,
        nextStep: 'Write component names in lower case (RFC 9421 section 2.1).',
      });
    }
  }
  for (const required of policy.requiredComponents) {
    // A parameter narrows or moves what is covered, so only the bare component satisfies a requirement.
    if (components.some((item) => item.parameters.size === 0 && item.name.toLowerCase() === required))
      continue;
    throw new SignatureError('component-not-covered', `The signature does not cover ${required}.`, {
      seen: components.map((c) => c.raw).join(' '),
      expected: policy.requiredComponents.map((c) => `"${c}"`).join(' '),
      nextStep: `Add "${required}" to the covered components.`,
    });
  }
}

function requireTimes(claimed: ClaimedParameters, policy: VerificationPolicy): void {
  const now = policy.now();
  const wrong = (
    code: SignatureError['code'],
    message: string,
    expected: string,
    seen = `created=${claimed.created}`,
  ): SignatureError =>
    new SignatureError(code, message, {
      seen,
      expected,
      nextStep: 'Sign again with the present time; check the clock.',
    });
  if (claimed.created === undefined)
    throw wrong('created-missing', 'The signature has no created time.', 'created', 'no created');
  const window = `between ${Math.floor(now) - policy.maxAgeSeconds} and ${Math.floor(now) + policy.maxSkewSeconds}`;
  if (claimed.created < Math.floor(now) - policy.maxAgeSeconds) {
    throw wrong('created-too-old', 'The signature is too old.', window);
  }
  if (claimed.created > now + policy.maxSkewSeconds) {
    throw wrong('created-in-future', 'The signature was made in the future.', window);
  }
  if (claimed.expires !== undefined && claimed.expires < now) {
    const expected = `expires after ${Math.floor(now)}`;
    throw wrong('expired', 'The signature has expired.', expected, `expires=${claimed.expires}`);
  }
}

function candidates(message: Message): Array<() => Candidate> {
  const inputs = readSignatureInput(combinedField(message, 'signature-input', 'Signature-Input'));
  const signatures = readSignatures(combinedField(message, 'signature', 'Signature'));
  const found: Array<() => Candidate> = [];
  for (const [label, input] of inputs) {
    const signature = signatures.get(label);
    if (signature === undefined) continue;
    found.push(() => {
      const claimed: ClaimedParameters = {
        label,
        components: input.components.map((c) => c.raw),
        created: integer(input.parameters, 'created'),
        expires: integer(input.parameters, 'expires'),
        nonce: text(input.parameters, 'nonce'),
        alg: text(input.parameters, 'alg'),
        keyid: text(input.parameters, 'keyid'),
        tag: text(input.parameters, 'tag'),
      };
      return { claimed, components: input.components, raw: input.raw, signature };
    });
  }
  if (found.length === 0) {
    throw new SignatureError('signature-missing', 'No label stands in both signature fields.', {
      seen: `Signature-Input: ${[...inputs.keys()].join(', ')}; Signature: ${[...signatures.keys()].join(', ')}`,
      expected: 'one label in both',
      nextStep: 'Use the same label in Signature-Input and Signature.',
    });
  }
  return found;
}

/** The key decides the algorithm; `alg` may only agree (RFC 9421 section 3.2, step 6). */
function usableAlgorithms(
  key: VerificationKey,
  alg: string | undefined,
  policy: VerificationPolicy,
): SignatureAlgorithm[] {
  const ofKey = algorithmsOfKey(key.keyObject);
  const named = alg === undefined ? [...ofKey] : ofKey.filter((a) => a === alg);
  if (named.length === 0) {
    throw new SignatureError('algorithm-conflict', 'The alg parameter does not fit the key.', {
      seen: (alg ?? '').slice(0, 64),
      expected: ofKey.join(', '),
      nextStep: 'Leave alg out, or name the algorithm of the key.',
    });
  }
  const allowed = named.filter((a) => policy.algorithms.includes(a));
  if (allowed.length === 0) {
    throw new SignatureError('algorithm-not-allowed', 'This algorithm is not accepted here.', {
      seen: named.join(', '),
      expected: policy.algorithms.join(', '),
      nextStep: 'Sign with an accepted algorithm.',
    });
  }
  return allowed;
}

async function verifyCandidate(
  message: Message,
  candidate: Candidate,
  policy: VerificationPolicy,
  resolveKey: (claimed: ClaimedParameters) => VerificationKey | Promise<VerificationKey>,
): Promise<VerifiedSignature> {
  const { claimed, components, raw, signature } = candidate;
  requireCoverage(components, policy);
  requireTimes(claimed, policy);
  const base = signatureBase(message, components, raw);
  const bytes = Buffer.from(base, 'latin1');
  const pending = resolveKey(claimed);
  const key = pending instanceof Promise ? await pending : pending;
  for (const algorithm of usableAlgorithms(key, claimed.alg, policy)) {
    const verdict = verifyBytes(algorithm, key.keyObject, bytes, signature);
    if (!(typeof verdict === 'boolean' ? verdict : await verdict)) continue;
    // Time passed while a key was looked up or a thread was waited for.
    requireTimes(claimed, policy);
    const baseSha256 = hash('sha256', bytes, 'hex');
    return {
      label: claimed.label,
      algorithm,
      components: claimed.components,
      parameters: claimed,
      base,
      baseSha256,
    };
  }
  throw new SignatureError(
    'signature-mismatch',
    'The signature does not fit the message and the key on file.',
    {
      seen: `base of ${bytes.length} bytes, SHA-256 ${hash('sha256', bytes, 'hex')}`,
      expected: 'a signature over exactly these bytes',
      nextStep:
        'Compare your signature base with this digest; a proxy that rewrites the path or host is a usual cause.',
    },
  );
}

/**
 * Verifies a message signature: the first label in both fields that satisfies the policy and is true.
 * @param resolveKey gets UNAUTHENTICATED claims; it must answer from the caller's own records, never from `keyid` alone
 * @throws SignatureError with the reason of the first candidate (RFC 9421 section 3.2)
 */
export async function verifyMessage(
  message: Message,
  policy: VerificationPolicy,
  resolveKey: (claimed: ClaimedParameters) => VerificationKey | Promise<VerificationKey>,
): Promise<VerifiedSignature> {
  let first: SignatureError | undefined;
  for (const open of candidates(message)) {
    try {
      return await verifyCandidate(message, open(), policy, resolveKey);
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
      first ??= error;
    }
  }
  throw first ?? new Error('unreachable: candidates() never answers an empty list');
}
