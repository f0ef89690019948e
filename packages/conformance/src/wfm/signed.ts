/** Signed requests, right or wrong in one way. */
import { contentDigest, signMessage } from '@muster/signatures';
import { encodeCertificates, type Signer } from '@muster/pki';
import { onboardingRequest, routes } from '@muster/protocol';
import type { Ground, Identity } from './ground.ts';
import { type Answer, pause, type Sending } from './wire.ts';

/** What is not as it should be. */
export interface Wrong {
  /** Covered in the place of what is right. */
  readonly components?: readonly string[];
  /** Seconds to add to the time. */
  readonly createdOffset?: number;
  readonly hasCreated?: boolean;
  readonly keyid?: string;
  readonly label?: string;
  /** Signed in the place of where it goes. */
  readonly signedUrl?: string;
  readonly signedMethod?: string;
  /** Digested in the place of what is sent; null for no digest. */
  readonly digested?: Uint8Array | null;
  /** Digested anew after signing. */
  readonly digestSent?: Uint8Array | undefined;
  readonly signer?: Signer;
  readonly isSigned?: boolean;
}

export interface SignedRequest {
  readonly url: string;
  readonly method: string;
  readonly body?: Uint8Array | undefined;
}

/** What is covered of a request with a body. */
export const covered = ['@method', '@target-uri', '@authority', 'content-digest'] as const;

/** Until the time has another second. */
const nextSecond = (ground: Ground): Promise<void> =>
  pause(1.001 - (Date.now() % 1000) / 1000, ground.signal);

/** Signs a request (RFC 9421) with its Content-Digest (RFC 9530). */
export async function sign(
  ground: Ground,
  identity: Pick<Identity, 'signer'>,
  o: SignedRequest,
  wrong: Wrong = {},
): Promise<Sending> {
  const digested = wrong.digested === undefined ? o.body : wrong.digested;
  const fields = digested == null ? [] : ['content-digest', contentDigest(digested)];
  const headers: Record<string, string> = {
    accept: 'application/json, application/problem+json',
    ...(o.body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  if (digested != null) headers['content-digest'] = contentDigest(wrong.digestSent ?? digested);
  if (wrong.isSigned === false) return { ...o, headers };
  const key = wrong.signer ?? identity.signer;
  const all = digested == null ? covered.slice(0, -1) : covered;
  const signedAt = (): ReturnType<typeof signMessage> =>
    signMessage(
      {
        kind: 'request',
        method: wrong.signedMethod ?? o.method,
        targetUri: wrong.signedUrl ?? o.url,
        fields,
      },
      {
        key,
        ...(wrong.label === undefined ? {} : { label: wrong.label }),
        components: wrong.components ?? all,
        parameters: [
          ...(wrong.hasCreated === false
            ? []
            : ([['created', ground.now() + (wrong.createdOffset ?? 0)]] as const)),
          ['keyid', wrong.keyid ?? key.spkiSha256],
        ],
      },
    );
  let signed = await signedAt();
  // The same request within a second looks like a replay, and is no fault of the WFM that refuses it.
  while (ground.signedBases.has(signed.base) && wrong.hasCreated !== false) {
    await nextSecond(ground);
    signed = await signedAt();
  }
  ground.signedBases.add(signed.base);
  headers['signature-input'] = signed.signatureInput;
  headers['signature'] = signed.signature;
  return { ...o, headers };
}

/** The onboarding request of an identity. */
function onboardingOf(ground: Ground, identity: Identity, form: Ground['certificateForm']): SignedRequest {
  const certificate = encodeCertificates([identity.certificate], form);
  return {
    url: ground.reached.url + routes.onboarding,
    method: 'POST',
    body: Buffer.from(JSON.stringify(onboardingRequest(certificate))),
  };
}

/** Asks to be let in, once. @throws NoAnswer */
export async function askIn(
  ground: Ground,
  identity: Identity,
  what: string,
  { form = ground.certificateForm, ...wrong }: Wrong & { readonly form?: Ground['certificateForm'] } = {},
): Promise<Answer> {
  return ground.wire.send(await sign(ground, identity, onboardingOf(ground, identity, form), wrong), what);
}
