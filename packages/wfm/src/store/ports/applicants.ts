/** Who asks to be let in, and with which signed request. */

/** What is known of a certificate that asks to be let in. */
export interface Applicant {
  readonly spkiSha256: string;
  readonly certificateSha256: string;
  readonly certificateDer: Uint8Array;
  readonly subject: string;
  readonly issuer: string;
  readonly notAfter: number;
  readonly serialNumber: string;
  readonly remoteAddress: string;
}

/** The signed request as received: the evidence behind an identity. */
export interface Receipt {
  readonly method: string;
  readonly targetUri: string;
  readonly fields: readonly string[];
  readonly body: Uint8Array;
}
