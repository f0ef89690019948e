/** Finding, making and reading keys in a token. Everything here runs within a module's turn. */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { Handle, PKCS11, TokenInfo } from 'pkcs11js';
import { TokenError } from '../errors.ts';
import { type Api, returnValue, type TokenModule } from './pkcs11-module.ts';
import type { KeyUri } from './pkcs11-uri.ts';
import type { KeyProtection, KeyType, TokenDescription } from './signer.ts';

export interface OpenToken {
  readonly session: Handle;
  readonly description: TokenDescription;
  readonly protection: KeyProtection;
}

/** PINs that a token has refused, as hashes: asking again with the same one would lock it. */
const refusedPins = new Map<string, string>();

const trimmed = (text: string): string => text.replace(/[\0 ]+$/, '');

function fits(info: TokenInfo, uri: KeyUri): boolean {
  const wanted: Array<[string | undefined, string]> = [
    [uri.token, info.label],
    [uri.manufacturer, info.manufacturerID],
    [uri.model, info.model],
    [uri.serial, info.serialNumber],
  ];
  return wanted.every(([value, found]) => value === undefined || value === trimmed(found));
}

function findSlot(api: Api, p: PKCS11, uri: KeyUri): { slot: Handle; info: TokenInfo } {
  const found = p
    .C_GetSlotList(true)
    .filter((slot) => uri.slotId === undefined || slot.readUInt32LE(0) === uri.slotId)
    .flatMap((slot) => {
      try {
        return [{ slot, info: p.C_GetTokenInfo(slot) }];
      } catch (error) {
        if (returnValue(error) === '') throw error;
        return [];
      }
    })
    .filter(({ info }) => (info.flags & api.CKF_TOKEN_INITIALIZED) !== 0);
  const fitting = found.filter(({ info }) => fits(info, uri));
  const seen = found.map(({ info }) => trimmed(info.label)).join(', ') || 'no token';
  const [only, second] = fitting;
  if (only === undefined)
    throw new TokenError('token-missing', 'The token of the key is not there.', {
      seen,
      expected: uri.token ?? uri.serial ?? `slot ${uri.slotId ?? ''}`,
      nextStep: 'Plug it in, or correct token= in the URI of the key (pkcs11-tool --module MODULE -L).',
    });
  if (second !== undefined)
    throw new TokenError('token-ambiguous', 'Several tokens fit the URI of the key.', {
      seen,
      expected: 'one',
      nextStep: 'Add serial= or slot-id= to the URI.',
    });
  return only;
}

function login(api: Api, p: PKCS11, session: Handle, info: TokenInfo, pin: string): void {
  const token = `${trimmed(info.label)}/${trimmed(info.serialNumber)}`;
  const hash = createHash('sha256').update(pin).digest('hex');
  const refuse = (seen: string): TokenError =>
    new TokenError('pin', 'The token does not take the PIN.', {
      seen,
      expected: `the user PIN of ${trimmed(info.label)}`,
      nextStep: 'Correct the PIN file before the token locks itself; nothing is tried again with this PIN.',
    });
  if (refusedPins.get(token) === hash) throw refuse('the PIN that it has refused before');
  try {
    p.C_Login(session, api.CKU_USER, pin);
  } catch (error) {
    const value = returnValue(error);
    if (value === 'CKR_USER_ALREADY_LOGGED_IN') return;
    if (!value.startsWith('CKR_PIN')) throw error;
    refusedPins.set(token, hash);
    throw refuse(value);
  }
}

/**
 * Opens the token of a key, or takes the session that is open.
 * @throws TokenError `token-missing`, `token-ambiguous`, `pin`
 */
export function openToken(module: TokenModule, p: PKCS11, uri: KeyUri, pin: string): OpenToken {
  const { api } = module;
  const { slot, info } = findSlot(api, p, uri);
  const name = slot.toString('hex');
  let session = module.sessions.get(name);
  if (session === undefined) {
    session = p.C_OpenSession(slot, api.CKF_SERIAL_SESSION | api.CKF_RW_SESSION);
    try {
      login(api, p, session, info, pin);
    } catch (error) {
      p.C_CloseSession(session);
      throw error;
    }
    module.sessions.set(name, session);
  }
  // tpm2-pkcs11 says so of itself; the token's own words are those of the TPM's maker.
  const library = `${p.C_GetInfo().libraryDescription} ${p.C_GetInfo().manufacturerID} ${info.model}`;
  return {
    session,
    description: {
      manufacturer: trimmed(info.manufacturerID),
      model: trimmed(info.model),
      label: trimmed(info.label),
    },
    protection: /\btpm2?/i.test(library) ? 'tpm' : 'pkcs11',
  };
}

/** The one object of a class that the URI names, or null. @throws TokenError `key-ambiguous` */
export function findKey(api: Api, p: PKCS11, session: Handle, uri: KeyUri, kind: number): Handle | null {
  p.C_FindObjectsInit(session, [
    { type: api.CKA_CLASS, value: kind },
    ...(uri.object === undefined ? [] : [{ type: api.CKA_LABEL, value: uri.object }]),
    ...(uri.id === undefined ? [] : [{ type: api.CKA_ID, value: Buffer.from(uri.id, 'hex') }]),
  ]);
  let found: Handle[];
  try {
    found = p.C_FindObjects(session, 2);
  } finally {
    p.C_FindObjectsFinal(session);
  }
  if (found.length > 1)
    throw new TokenError('key-ambiguous', 'Several keys in the token fit the URI.', {
      seen: uri.object ?? uri.id ?? '',
      expected: 'one',
      nextStep: 'Add id=%… of the right one to the URI (pkcs11-tool --module MODULE --login -O).',
    });
  return found[0] ?? null;
}

/** Named curves as DER of their OIDs. */
const curves = { p256: '06082a8648ce3d030107', p384: '06052b81040022' } as const;

/**
 * Makes a key pair inside the token that never leaves it.
 * @throws TokenError `mechanism`
 */
export async function makeKey(
  api: Api,
  p: PKCS11,
  session: Handle,
  uri: KeyUri,
  type: KeyType,
): Promise<void> {
  const label = uri.object ?? `muster-${uri.id ?? ''}`;
  const id =
    uri.id === undefined
      ? createHash('sha256').update(label).digest().subarray(0, 8)
      : Buffer.from(uri.id, 'hex');
  const isEc = type === 'p256' || type === 'p384';
  const names = [
    { type: api.CKA_LABEL, value: label },
    { type: api.CKA_ID, value: id },
    { type: api.CKA_TOKEN, value: true },
  ];
  const size = isEc
    ? [{ type: api.CKA_EC_PARAMS, value: Buffer.from(curves[type], 'hex') }]
    : [
        { type: api.CKA_MODULUS_BITS, value: type === 'rsa2048' ? 2048 : 3072 },
        { type: api.CKA_PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
      ];
  const kind = { type: api.CKA_KEY_TYPE, value: isEc ? api.CKK_EC : api.CKK_RSA };
  try {
    await p.C_GenerateKeyPairAsync(
      session,
      { mechanism: isEc ? api.CKM_EC_KEY_PAIR_GEN : api.CKM_RSA_PKCS_KEY_PAIR_GEN },
      [
        { type: api.CKA_CLASS, value: api.CKO_PUBLIC_KEY },
        kind,
        ...names,
        { type: api.CKA_VERIFY, value: true },
        ...size,
      ],
      [
        { type: api.CKA_CLASS, value: api.CKO_PRIVATE_KEY },
        kind,
        ...names,
        { type: api.CKA_PRIVATE, value: true },
        { type: api.CKA_SIGN, value: true },
        { type: api.CKA_SENSITIVE, value: true },
        { type: api.CKA_EXTRACTABLE, value: false },
      ],
    );
  } catch (error) {
    const value = returnValue(error);
    if (!/^CKR_(?:MECHANISM|CURVE|KEY_SIZE|ATTRIBUTE_VALUE|DOMAIN)/.test(value)) throw error;
    throw new TokenError('mechanism', `The token cannot make a ${type} key.`, {
      seen: value,
      expected: 'another kind of key',
      nextStep: 'Look at what it can (pkcs11-tool --module MODULE -M) and give --key-type.',
      cause: error,
    });
  }
}

/** The point of an EC key: an OCTET STRING, or bare as some modules give it. */
function pointOf(value: Buffer): Buffer {
  if (value[0] === 0x04 && value.length === (value[1] ?? 0) + 2) return value.subarray(2);
  return value;
}

/**
 * Reads a public key.
 * @throws TokenError `key-unusable`
 */
export function readPublicKey(api: Api, p: PKCS11, session: Handle, handle: Handle): KeyObject {
  const read = (...types: number[]): Buffer[] =>
    p
      .C_GetAttributeValue(
        session,
        handle,
        types.map((type) => ({ type })),
      )
      .map((a) => a.value);
  const [kind] = read(api.CKA_KEY_TYPE);
  const type = kind?.readUInt32LE(0);
  if (type === api.CKK_RSA) {
    const [n, e] = read(api.CKA_MODULUS, api.CKA_PUBLIC_EXPONENT).map((b) => b.toString('base64url'));
    return createPublicKey({ key: { kty: 'RSA', n: n ?? '', e: e ?? '' }, format: 'jwk' });
  }
  if (type === api.CKK_EC) {
    const [parameters, encoded] = read(api.CKA_EC_PARAMS, api.CKA_EC_POINT);
    const point = pointOf(encoded ?? Buffer.alloc(0));
    const oid = parameters?.toString('hex');
    const crv = oid === curves.p256 ? 'P-256' : oid === curves.p384 ? 'P-384' : undefined;
    const width = crv === 'P-384' ? 48 : 32;
    if (crv !== undefined && point.length === 2 * width + 1) {
      const [x, y] = [point.subarray(1, 1 + width), point.subarray(1 + width)].map((b) =>
        b.toString('base64url'),
      );
      return createPublicKey({ key: { kty: 'EC', crv, x: x ?? '', y: y ?? '' }, format: 'jwk' });
    }
  }
  throw new TokenError('key-unusable', 'The key in the token cannot be used here.', {
    seen: `key type ${type ?? '?'}`,
    expected: 'P-256, P-384 or RSA',
    nextStep: 'Name another key, or have one made.',
  });
}
