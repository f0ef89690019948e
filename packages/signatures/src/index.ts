export { knownAlgorithms } from './algorithms.ts';
export { contentDigest, verifyContentDigest } from './digest.ts';
export { DigestError, SignatureError } from './errors.ts';
export { signMessage } from './sign.ts';
export type { RequestMessage, SignatureAlgorithm, SigningKey, VerifiedSignature } from './types.ts';
export { verifyMessage } from './verify.ts';
