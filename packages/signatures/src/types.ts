import type { KeyObject } from 'node:crypto';

/** The algorithms Muster knows: RFC 9421 section 3.3 without HMAC, plus Margo's `rsa-pss-sha256`. */
export type SignatureAlgorithm =
  | 'ecdsa-p256-sha256'
  | 'ecdsa-p384-sha384'
  | 'rsa-v1_5-sha256'
  | 'rsa-pss-sha256'
  | 'rsa-pss-sha512'
  | 'ed25519';

/** Field lines as a flat name, value, name, value list: exactly node's `rawHeaders`. */
export type FieldList = readonly string[];

/** A request as its bytes said it. */
export interface RequestMessage {
  readonly kind: 'request';
  readonly method: string;
  /** Absolute URI; path and query bytes as sent (RFC 9421 section 2.2.2). */
  readonly targetUri: string;
  readonly fields: FieldList;
  readonly trailers?: FieldList;
}

/** A response, with the request it answers when `;req` components are covered. */
export interface ResponseMessage {
  readonly kind: 'response';
  readonly status: number;
  readonly fields: FieldList;
  readonly trailers?: FieldList;
  readonly request?: RequestMessage;
}

export type Message = RequestMessage | ResponseMessage;

/** The port a key store implements: it gets the signature base and returns the wire form (ECDSA as r||s). */
export interface SigningKey {
  readonly algorithm: SignatureAlgorithm;
  sign(base: Uint8Array): Promise<Uint8Array>;
}

/** The signature parameters of RFC 9421 section 2.3. */
export type ParameterName = 'created' | 'expires' | 'nonce' | 'alg' | 'keyid' | 'tag';

/** What a signature says of itself. UNAUTHENTICATED until verification has succeeded: never a reason to trust. */
export interface ClaimedParameters {
  readonly label: string;
  /** Component identifiers as spelled, such as `"@method"`. */
  readonly components: readonly string[];
  readonly created: number | undefined;
  readonly expires: number | undefined;
  readonly nonce: string | undefined;
  readonly alg: string | undefined;
  readonly keyid: string | undefined;
  readonly tag: string | undefined;
}

/** The key that the verifier's own records name. */
export interface VerificationKey {
  readonly keyObject: KeyObject;
}

/** What a verifier insists on. There is no permissive mode: every member is the caller's decision. */
export interface VerificationPolicy {
  /** Component names that must be covered without parameters, such as `@method` or `content-digest`. */
  readonly requiredComponents: readonly string[];
  readonly algorithms: readonly SignatureAlgorithm[];
  /** Seconds since the epoch; may be fractional. */
  readonly now: () => number;
  readonly maxAgeSeconds: number;
  readonly maxSkewSeconds: number;
  /** Tolerate `"Content-Digest"` where RFC 9421 section 2.1 wants `"content-digest"`. */
  readonly allowMixedCaseFieldNames?: boolean;
}

/** A signature that is true. */
export interface VerifiedSignature {
  readonly label: string;
  readonly algorithm: SignatureAlgorithm;
  readonly components: readonly string[];
  readonly parameters: ClaimedParameters;
  readonly base: string;
  /** Hex SHA-256 of the signature base: what replay memory keys on. */
  readonly baseSha256: string;
}
