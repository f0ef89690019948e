/** What a refusal tells: what was there, what should have been, what to do next. */
export interface RefusalDetail {
  readonly seen?: string;
  readonly expected?: string;
  readonly nextStep: string;
  readonly cause?: unknown;
}

/** Shared shape of this room's errors. */
abstract class PkiError<Code extends string> extends Error {
  readonly code: Code;
  readonly seen: string | undefined;
  readonly expected: string | undefined;
  readonly nextStep: string;

  constructor(code: Code, message: string, detail: RefusalDetail) {
    super(message, { cause: detail.cause });
    this.code = code;
    this.seen = detail.seen;
    this.expected = detail.expected;
    this.nextStep = detail.nextStep;
  }
}

export type CertificateErrorCode =
  | 'malformed'
  | 'too-large'
  | 'unsupported-key'
  | 'weak-key'
  | 'is-ca'
  | 'key-usage'
  | 'expired'
  | 'not-yet-valid';

/** A certificate that cannot be read or used. */
export class CertificateError extends PkiError<CertificateErrorCode> {
  override readonly name = 'CertificateError';
}

export type PathErrorCode =
  | 'untrusted'
  | 'bad-signature'
  | 'expired'
  | 'not-yet-valid'
  | 'not-a-ca'
  | 'path-length'
  | 'key-usage'
  | 'extended-key-usage'
  | 'name-constraints'
  | 'critical-extension'
  | 'host-name'
  | 'revoked'
  | 'malformed'
  | 'weak-key'
  | 'weak-signature'
  | 'too-long';

/** A certificate that does not lead to a trust anchor (RFC 5280 section 6). */
export class PathError extends PkiError<PathErrorCode> {
  override readonly name = 'PathError';
}

export type CrlErrorCode = 'malformed' | 'too-large' | 'wrong-issuer' | 'bad-signature' | 'unsupported';

/** A certificate revocation list that cannot be used (RFC 5280 section 5). */
export class CrlError extends PkiError<CrlErrorCode> {
  override readonly name = 'CrlError';
}

export type KeyFileErrorCode = 'missing' | 'permissions' | 'malformed' | 'passphrase' | 'exists' | 'mismatch';

/** A private key file that must not or cannot be used. */
export class KeyFileError extends PkiError<KeyFileErrorCode> {
  override readonly name = 'KeyFileError';
}

export type SignedFileErrorCode =
  | 'too-large'
  | 'damaged'
  | 'wrong-kind'
  | 'unsupported-version'
  | 'bad-signature';

/** A signed file that cannot be read, or does not hold. */
export class SignedFileError extends PkiError<SignedFileErrorCode> {
  override readonly name = 'SignedFileError';
}

export type TokenErrorCode =
  | 'uri'
  | 'library'
  | 'module'
  | 'token-missing'
  | 'token-ambiguous'
  | 'key-missing'
  | 'key-ambiguous'
  | 'key-unusable'
  | 'mechanism'
  | 'pin'
  | 'pin-missing'
  | 'timeout'
  | 'failed';

/** A token, or a key in one, that cannot be used (PKCS #11). */
export class TokenError extends PkiError<TokenErrorCode> {
  override readonly name = 'TokenError';
}
