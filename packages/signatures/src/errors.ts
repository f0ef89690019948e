/** Why a signature was refused. Codes are stable: callers and people branch on them. */
export type SignatureErrorCode =
  | 'signature-missing'
  | 'signature-malformed'
  | 'limits-exceeded'
  | 'duplicate-label'
  | 'duplicate-component'
  | 'component-unknown'
  | 'component-parameter-unsupported'
  | 'component-missing'
  | 'component-not-covered'
  | 'field-value-invalid'
  | 'created-missing'
  | 'created-invalid'
  | 'created-too-old'
  | 'created-in-future'
  | 'expired'
  | 'parameter-invalid'
  | 'algorithm-conflict'
  | 'algorithm-not-allowed'
  | 'key-unsupported'
  | 'signature-length'
  | 'signature-mismatch';

/** Why a Content-Digest was refused (RFC 9530). */
export type DigestErrorCode =
  | 'digest-missing'
  | 'digest-malformed'
  | 'digest-unsupported'
  | 'digest-mismatch';

/** What both error classes tell: what was there, what should have been, what to do next. */
export interface RefusalDetail {
  readonly seen?: string;
  readonly expected?: string;
  readonly nextStep: string;
}

/** A message signature that was not accepted or could not be made (RFC 9421). */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';
  readonly code: SignatureErrorCode;
  readonly seen: string | undefined;
  readonly expected: string | undefined;
  readonly nextStep: string;

  constructor(code: SignatureErrorCode, message: string, detail: RefusalDetail) {
    super(message);
    this.code = code;
    this.seen = detail.seen;
    this.expected = detail.expected;
    this.nextStep = detail.nextStep;
  }
}

/** A Content-Digest field that does not vouch for the body (RFC 9530). */
export class DigestError extends Error {
  override readonly name = 'DigestError';
  readonly code: DigestErrorCode;
  readonly seen: string | undefined;
  readonly expected: string | undefined;
  readonly nextStep: string;

  constructor(code: DigestErrorCode, message: string, detail: RefusalDetail) {
    super(message);
    this.code = code;
    this.seen = detail.seen;
    this.expected = detail.expected;
    this.nextStep = detail.nextStep;
  }
}
