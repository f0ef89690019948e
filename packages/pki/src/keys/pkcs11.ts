/** A key that lives in a PKCS #11 token, behind the Signer port. */
import { createHash, type KeyObject } from 'node:crypto';
import type { SignatureAlgorithm } from '@muster/signatures';
import type { Handle, Mechanism, PKCS11, RsaPSS } from 'pkcs11js';
import { TokenError } from '../errors.ts';
import { findKey, makeKey, type OpenToken, openToken, readPublicKey } from './pkcs11-key.ts';
import { type Api, returnValue, TokenModule } from './pkcs11-module.ts';
import { formatKeyUri, type KeyUri } from './pkcs11-uri.ts';
import { defaultAlgorithm, type KeyType, type Signer, spkiSha256 } from './signer.ts';

export interface TokenKeyOptions {
  readonly uri: KeyUri;
  /** Gives the user PIN; asked at opening, and again when the token was away. */
  readonly pin: () => Promise<string>;
  /** Makes a key of this kind when there is none. */
  readonly make?: KeyType | undefined;
  /** Of the key's default when left out; RSA may sign PSS. */
  readonly algorithm?: SignatureAlgorithm | undefined;
  /** Bound for one signature, waiting included, in milliseconds; 15 s by default. */
  readonly timeout?: number | undefined;
}

/** A key made in a slow token, RSA above all, takes its time. */
const makingTimeout = 180_000;

/** What a module says of a token, session or key that was there before. */
const lost =
  /^CKR_(?:DEVICE_|TOKEN_NOT|SESSION_|OBJECT_HANDLE|KEY_HANDLE|USER_NOT_LOGGED|SLOT_ID|GENERAL_ERROR|FUNCTION_FAILED|CRYPTOKI_NOT)/;

function named(error: unknown): unknown {
  const seen = returnValue(error);
  if (error instanceof TokenError || seen === '') return error;
  const isAway = /^CKR_(?:DEVICE_REMOVED|TOKEN_NOT)/.test(seen);
  return new TokenError(isAway ? 'token-missing' : 'failed', 'The token refuses to work.', {
    seen,
    expected: 'CKR_OK',
    nextStep: 'Check that it is plugged in, is not locked, and works: pkcs11-tool --module MODULE -L',
    cause: error,
  });
}

/** Runs a task in the module's turn; begins anew once when token, session or key have gone away. */
async function withToken<T>(
  module: TokenModule,
  o: TokenKeyOptions,
  timeout: number,
  task: (p: PKCS11, token: OpenToken) => Promise<T>,
  first?: () => Promise<T>,
): Promise<T> {
  const attempt = async (pin: string, isAgain: boolean): Promise<T> =>
    module.run(async (p) => {
      if (isAgain) module.reset();
      return task(p, openToken(module, p, o.uri, pin));
    }, timeout);
  try {
    try {
      return await (first?.() ?? attempt(await o.pin(), false));
    } catch (error) {
      const isLost = error instanceof TokenError && error.code === 'token-missing';
      if (!isLost && !lost.test(returnValue(error))) throw error;
      return await attempt(await o.pin(), true);
    }
  } catch (error) {
    throw named(error);
  }
}

function privateKeyOf(api: Api, p: PKCS11, session: Handle, uri: KeyUri): Handle {
  const key = findKey(api, p, session, uri, api.CKO_PRIVATE_KEY);
  if (key !== null) return key;
  throw new TokenError('key-missing', 'The key is not in the token.', {
    seen: 'no private key that fits',
    expected: formatKeyUri(uri),
    nextStep: 'Correct object= or id= in the URI (pkcs11-tool --module MODULE --login -O).',
  });
}

/** DigestInfo of SHA-256 (RFC 8017 section 9.2). */
const digestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex');

function signing(
  api: Api,
  algorithm: SignatureAlgorithm,
  base: Uint8Array,
): { mechanism: Mechanism; data: Buffer } {
  const hash = (name: string): Buffer => createHash(name).update(base).digest();
  const pss = (hashAlg: number, mgf: number, saltLen: number): Mechanism => {
    const parameter: RsaPSS = { type: api.CK_PARAMS_RSA_PSS, hashAlg, mgf, saltLen };
    return { mechanism: api.CKM_RSA_PKCS_PSS, parameter };
  };
  switch (algorithm) {
    case 'ecdsa-p256-sha256':
      return { mechanism: { mechanism: api.CKM_ECDSA }, data: hash('sha256') };
    case 'ecdsa-p384-sha384':
      return { mechanism: { mechanism: api.CKM_ECDSA }, data: hash('sha384') };
    case 'rsa-v1_5-sha256':
      return {
        mechanism: { mechanism: api.CKM_RSA_PKCS },
        data: Buffer.concat([digestInfo, hash('sha256')]),
      };
    case 'rsa-pss-sha256':
      return { mechanism: pss(api.CKM_SHA256, api.CKG_MGF1_SHA256, 32), data: hash('sha256') };
    case 'rsa-pss-sha512':
      return { mechanism: pss(api.CKM_SHA512, api.CKG_MGF1_SHA512, 64), data: hash('sha512') };
    case 'ed25519':
      throw new TokenError('mechanism', 'Ed25519 keys in tokens are not supported.', {
        nextStep: 'Use P-256.',
      });
  }
}

function signatureLength(algorithm: SignatureAlgorithm, publicKey: KeyObject): number {
  if (algorithm === 'ecdsa-p256-sha256') return 64;
  if (algorithm === 'ecdsa-p384-sha384') return 96;
  return (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
}

/**
 * Opens a key in a token; makes it there when asked to and there is none, never a second one.
 * The signer works on the thread pool, one signature after another, and survives that the token goes and comes back.
 * @throws TokenError
 */
export async function openTokenKey(o: TokenKeyOptions): Promise<{ signer: Signer; created: boolean }> {
  const module = await TokenModule.open(o.uri.modulePath);
  const { api } = module;
  const timeout = o.timeout ?? 15_000;
  const { make } = o;
  const opened = await withToken(
    module,
    o,
    make === undefined ? timeout : makingTimeout,
    async (p, { session, description, protection }) => {
      let created = false;
      if (make !== undefined && findKey(api, p, session, o.uri, api.CKO_PRIVATE_KEY) === null) {
        await makeKey(api, p, session, o.uri, make);
        created = true;
      }
      privateKeyOf(api, p, session, o.uri);
      const handle = findKey(api, p, session, o.uri, api.CKO_PUBLIC_KEY);
      if (handle !== null)
        return { publicKey: readPublicKey(api, p, session, handle), description, protection, created };
      throw new TokenError('key-unusable', 'The token has the private key without its public one.', {
        expected: 'both, with the same label and id',
        nextStep: 'Write the public key into the token, or have a new key made under another label.',
      });
    },
  );
  const { publicKey, created, protection, description } = opened;
  const algorithm = o.algorithm ?? defaultAlgorithm(publicKey);
  const length = signatureLength(algorithm, publicKey);
  // Handles are looked up once and hold until the module begins anew.
  let held: { generation: number; session: Handle; key: Handle } | undefined;
  const signWith = async (p: PKCS11, base: Uint8Array, session: Handle, key: Handle): Promise<Uint8Array> => {
    const { mechanism, data } = signing(api, algorithm, base);
    p.C_SignInit(session, mechanism, key);
    const signature = await p.C_SignAsync(session, data, Buffer.alloc(1_024));
    if (signature.length === length) return new Uint8Array(signature);
    throw new TokenError('failed', 'The token gave a signature of a wrong length.', {
      seen: `${signature.length} bytes`,
      expected: `${length} bytes`,
      nextStep: 'Update the PKCS #11 module.',
    });
  };
  const sign = (base: Uint8Array): Promise<Uint8Array> => {
    const present = held?.generation === module.generation ? held : undefined;
    return withToken(
      module,
      o,
      timeout,
      async (p, { session }) => {
        const key = privateKeyOf(api, p, session, o.uri);
        held = { generation: module.generation, session, key };
        return signWith(p, base, session, key);
      },
      present && (() => module.run((p) => signWith(p, base, present.session, present.key), timeout)),
    );
  };
  return {
    created,
    signer: {
      algorithm,
      publicKey,
      spkiSha256: spkiSha256(publicKey),
      protection,
      token: description,
      location: formatKeyUri(o.uri),
      sign,
    },
  };
}
