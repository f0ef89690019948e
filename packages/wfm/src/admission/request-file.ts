/** A device's request that was carried here: whoever signed it has the key that asks to be let in. */
import {
  type Certificate,
  CertificateError,
  checkClientLeaf,
  openSignedFile,
  readCertificateFile,
  SignedFileError,
} from '@muster/pki';
import { type Capabilities, parseDeviceRequest, ProtocolError } from '@muster/protocol';
import { HttpProblem } from '../http/problem.ts';

interface CarriedRequest {
  readonly deviceId: string;
  readonly leaf: Certificate;
  readonly madeAt: string;
  /** What it says that it offers. */
  readonly capabilities: Capabilities | null;
}

function refuse(message: string, field: string, nextStep: string): HttpProblem {
  return new HttpProblem('semantic-error', {
    detail: `${message} ${nextStep}`,
    errors: [{ field, message }],
  });
}

const again = 'Make it again on the device: muster device request --out FILE';

/**
 * Reads a request and checks that the key in it has signed it.
 * @throws HttpProblem `semantic-error`, `invalid-certificate-format`
 */
export function readDeviceRequest(text: string): CarriedRequest {
  try {
    const { statement, certificate } = openSignedFile(text, 'device-request', 'request of a device');
    const request = parseDeviceRequest(statement);
    const [leaf] = readCertificateFile(Buffer.from(request.certificates[0] ?? ''));
    // The signature was checked with the certificate beside the statement: it must be the one that asks.
    if (leaf?.sha256 !== certificate.sha256 || request.keyFingerprint !== `sha256:${leaf.spkiSha256}`)
      throw refuse(
        `The request is for another key (${request.keyFingerprint}) than the one that has signed it (sha256:${certificate.spkiSha256}).`,
        'request.keyFingerprint',
        again,
      );
    checkClientLeaf(leaf);
    const { deviceId, madeAt, capabilities } = request;
    return { deviceId, leaf, madeAt, capabilities };
  } catch (error) {
    if (error instanceof CertificateError)
      throw new HttpProblem('invalid-certificate-format', { detail: `${error.message} ${error.nextStep}` });
    if (error instanceof SignedFileError)
      throw refuse(`${error.message} Seen: ${error.seen ?? ''}.`, 'request', error.nextStep);
    if (error instanceof ProtocolError)
      throw new HttpProblem('semantic-error', {
        detail: `${error.message} ${error.nextStep}`,
        errors: error.problems,
      });
    throw error;
  }
}
