export { FileTooLargeError, readBoundedFile } from './bounded-file.ts';
export { makeDirectory, writeFileAtomic } from './atomic-file.ts';
export {
  CertificateError,
  CrlError,
  KeyFileError,
  PathError,
  SignedFileError,
  TokenError,
} from './errors.ts';
export { caPin } from './fingerprint.ts';
export {
  createCsr,
  createRootCa,
  issueServerCertificate,
  selfSignedDeviceCertificate,
} from './issue/issue.ts';
export { loadKeyFile, saveKeyFile } from './keys/file.ts';
export { openTokenKey } from './keys/pkcs11.ts';
export { formatKeyUri, type KeyUri, parseKeyUri } from './keys/pkcs11-uri.ts';
export {
  fileSigner,
  generateKeyPair,
  type KeyPair,
  type KeyProtection,
  type KeyType,
  type Signer,
  spkiSha256,
  type TokenDescription,
} from './keys/signer.ts';
export { validatePath } from './path/validate.ts';
export { type CertificateDetails, certificateDetails, checkNames, nameWarnings } from './read/details.ts';
export type { NameAttribute } from './read/name.ts';
export { type Crl, readCrl, verifyCrl } from './read/crl.ts';
export { type Certificate, parseCertificate } from './read/certificate.ts';
export {
  decodeCertificates,
  encodeCertificates,
  loadCertificateFile,
  readCertificateFile,
} from './read/decode.ts';
export { checkClientLeaf, checkValidity } from './read/leaf.ts';
export {
  type DocumentSigner,
  maximumSignedFile,
  openSignedFile,
  type Signed,
  signDocument,
  verifyDocument,
} from './signed/document.ts';
