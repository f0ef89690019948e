export { knownAlgorithms } from './algorithms.ts';
export { contentDigest, verifyContentDigest } from './digest.ts';
export { DigestError, type DigestErrorCode, SignatureError, type SignatureErrorCode } from './errors.ts';
export { type SignOptions, signMessage } from './sign.ts';
export type {
  ClaimedParameters,
  FieldList,
  Message,
  ParameterName,
  RequestMessage,
  ResponseMessage,
  SignatureAlgorithm,
  SigningKey,
  VerificationKey,
  VerificationPolicy,
  VerifiedSignature,
} from './types.ts';
export { verifyMessage } from './verify.ts';
