/** Files about the past that anybody can check offline: a checkpoint of the audit log, and the receipt of an onboarding. */
import {
  CertificateError,
  decodeCertificates,
  parseCertificate,
  type Signed,
  signDocument,
  verifyDocument,
} from '@muster/pki';
import { isObject, parseJson, parseOnboardingRequest, ProtocolError } from '@muster/protocol';
import {
  DigestError,
  knownAlgorithms,
  SignatureError,
  verifyContentDigest,
  verifyMessage,
} from '@muster/signatures';
import type { Receipt } from '../store/ports.ts';
import type { ChainHead } from './chain.ts';
import type { AuditSigner } from './signer.ts';

export type { Signed } from '@muster/pki';

export interface ReceiptFile extends Signed {
  readonly format: 'muster-receipt-1';
  readonly request: {
    readonly method: string;
    readonly targetUri: string;
    readonly fields: readonly string[];
    /** base64 */
    readonly body: string;
  };
}

/** What a receipt states. */
export interface ReceiptStatement {
  readonly clientId: string;
  readonly keyFingerprint: string;
  readonly certificateFingerprint: string;
  readonly rule: string;
  readonly decidedBy: string;
  readonly decidedAt: string;
}

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Notes where the audit log ends now. */
export function makeCheckpoint(signer: AuditSigner, head: ChainHead, now: number): Promise<Signed> {
  return signDocument(signer, { kind: 'checkpoint', ...head, at: new Date(now).toISOString() });
}

/** Makes the receipt of an onboarding: the request as it was signed, and the WFM's statement about it. */
export async function makeReceipt(
  signer: AuditSigner,
  receipt: Receipt,
  statement: ReceiptStatement,
): Promise<ReceiptFile> {
  const { method, targetUri, fields, body } = receipt;
  return {
    format: 'muster-receipt-1',
    request: { method, targetUri, fields, body: Buffer.from(body).toString('base64') },
    ...(await signDocument(signer, { kind: 'receipt', ...statement })),
  };
}

/** Checks the WFM's signature. @returns the finding, with the fingerprint of the signer */
export function checkSigned(signed: Signed): Finding {
  const check = 'signature of the WFM';
  try {
    const { certificate, ok } = verifyDocument(signed);
    return { check, ok, detail: `by ${certificate.subject}, sha256:${certificate.sha256}` };
  } catch (error) {
    return { check, ok: false, detail: error instanceof Error ? error.message : 'it cannot be read' };
  }
}

/** Reads a checkpoint. @returns null when it is none, or not signed by its certificate */
export function readCheckpoint(signed: Signed): (ChainHead & { readonly at: string }) | null {
  if (!checkSigned(signed).ok) return null;
  const value = JSON.parse(signed.statement) as ({ kind?: string } & ChainHead & { at: string }) | null;
  return value?.kind === 'checkpoint' ? { seq: value.seq, hash: value.hash, at: value.at } : null;
}

/** Whether a file has all parts of a receipt; it may come from anybody. */
function isReceipt(file: unknown): file is ReceiptFile {
  if (!isObject(file) || !isObject(file['request'])) return false;
  const { method, targetUri, fields, body } = file['request'];
  const texts = [file['statement'], file['signature'], file['certificate'], method, targetUri, body];
  return [...texts, ...(Array.isArray(fields) ? fields : [null])].every((text) => typeof text === 'string');
}

/**
 * Checks a receipt with nothing but the file: the device's signature over its request, the digest of the body, the
 * certificate in it, and that the WFM's statement is about this very key.
 */
export async function checkReceipt(file: ReceiptFile): Promise<Finding[]> {
  if (!isReceipt(file)) return [{ check: 'receipt', ok: false, detail: 'a part of it is missing' }];
  const findings: Finding[] = [checkSigned(file)];
  const note = (check: string, ok: boolean, detail: string): void =>
    void findings.push({ check, ok, detail });
  const body = Buffer.from(file.request.body, 'base64');
  const statement = JSON.parse(file.statement) as (ReceiptStatement & { readonly kind?: string }) | null;
  // The WFM signs several kinds of statements: none may be passed off as another.
  if (statement?.kind !== 'receipt' || Number.isNaN(Date.parse(statement.decidedAt))) {
    note('statement', false, 'it is not about an onboarding');
    return findings;
  }
  try {
    verifyContentDigest(file.request.fields, body);
    note('content digest', true, `of ${body.length} bytes`);
    const { certificate: text } = parseOnboardingRequest(parseJson(body));
    const leaf = decodeCertificates(text)[0] ?? parseCertificate(new Uint8Array());
    note('certificate', true, `${leaf.subject}, sha256:${leaf.sha256}`);
    const { method, targetUri, fields } = file.request;
    const verified = await verifyMessage(
      { kind: 'request', method, targetUri, fields },
      {
        requiredComponents: ['@method', '@target-uri', 'content-digest'],
        algorithms: knownAlgorithms,
        // The past is judged by its own clock: the time of the decision.
        now: () => Date.parse(statement.decidedAt) / 1000,
        maxAgeSeconds: 86_400,
        maxSkewSeconds: 3_600,
        allowMixedCaseFieldNames: true,
      },
      () => ({ keyObject: leaf.publicKey }),
    );
    note('signature of the device', true, `${verified.algorithm} over ${verified.components.join(' ')}`);
    const isSame = statement.keyFingerprint === `sha256:${leaf.spkiSha256}`;
    note('statement and key', isSame, `${statement.clientId} for key ${statement.keyFingerprint}`);
  } catch (error) {
    const isKnown = [DigestError, SignatureError, CertificateError, ProtocolError].some(
      (kind) => error instanceof kind,
    );
    if (!isKnown) throw error;
    note('request of the device', false, error instanceof Error ? error.message : '');
  }
  return findings;
}
