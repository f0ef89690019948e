/** The device's key in a PKCS #11 token: its PIN, and what to call the next key. */
import { type KeyUri, type KeyType, openTokenKey, type Signer, TokenError } from '@muster/pki';
import { DeviceError } from '../errors.ts';
import { forgetTyped, pinOfToken, tokenPin } from './passphrase.ts';

/** What went wrong in a token, in the words of this room. A token that is away may come back by itself. */
export function namedTokenError(error: unknown): unknown {
  if (!(error instanceof TokenError)) return error;
  const { code, message, seen, expected, nextStep } = error;
  const isAway = code === 'token-missing' || code === 'timeout' || code === 'failed';
  const kind = code === 'uri' ? 'usage' : isAway ? 'unreachable' : 'state';
  return new DeviceError(kind, message, {
    ...(seen === undefined ? {} : { seen }),
    ...(expected === undefined ? {} : { expected }),
    nextStep,
    cause: error,
  });
}

async function pinOf(uri: KeyUri): Promise<string> {
  const pin = await pinOfToken(uri.pinFile);
  if (pin !== undefined) return pin;
  throw new DeviceError('state', 'The PIN of the token is not known.', {
    seen: 'no PIN file',
    expected: 'MUSTER_PKCS11_PIN_FILE, pin-source=file:PATH in the URI, or the credential muster-pkcs11-pin',
    nextStep: 'Write the PIN into a file of mode 600 and name it, or type it at a terminal.',
  });
}

/**
 * Opens the key in the token; makes it there when there is none, unless `make` is left out.
 * @throws DeviceError `state`, `usage`
 */
export async function tokenSigner(
  uri: KeyUri,
  make?: KeyType,
): Promise<{ signer: Signer; created: boolean }> {
  const { signer, created } = await openTokenKey({ uri, make, pin: () => pinOf(uri) }).catch(
    (error: unknown) => {
      if (error instanceof TokenError && error.code === 'pin') forgetTyped(tokenPin);
      throw error;
    },
  );
  const sign = (base: Uint8Array): Promise<Uint8Array> =>
    signer.sign(base).catch((error: unknown) => {
      throw namedTokenError(error);
    });
  return { signer: { ...signer, sign }, created };
}

/** The name of the key that follows: the same label with the next number, so that a repeated rotation finds it. */
export function nextKeyUri({ id, object = `muster-${id ?? ''}`, ...uri }: KeyUri): KeyUri {
  const [, stem = object, number = '1'] = /^(.*)\.(\d{1,6})$/.exec(object) ?? [];
  return { ...uri, object: `${stem}.${Number(number) + 1}` };
}
