import { signatureBase } from './base.ts';
import { readComponent, writeString } from './structured-field.ts';
import type { Message, ParameterName, SigningKey } from './types.ts';

export interface SignOptions {
  readonly key: SigningKey;
  /** Default `sig1`. */
  readonly label?: string;
  /** `@method`, `content-digest`, or a full identifier such as `"@query-param";name="x"`. */
  readonly components: readonly string[];
  /** In the order in which they go on the wire. */
  readonly parameters: ReadonlyArray<readonly [ParameterName, string | number]>;
}

/**
 * Signs a message (RFC 9421 section 3.1).
 * @returns the two field values to add, and the base that was signed
 * @throws SignatureError when a component cannot be covered, and whatever the key store throws
 */
export async function signMessage(
  message: Message,
  options: SignOptions,
): Promise<{ signatureInput: string; signature: string; base: string }> {
  const label = options.label ?? 'sig1';
  const components = options.components.map(readComponent);
  const parameters = options.parameters.map(
    ([name, value]) =>
      `;${name}=${typeof value === 'number' ? String(Math.trunc(value)) : writeString(value)}`,
  );
  const raw = `(${components.map((c) => c.raw).join(' ')})${parameters.join('')}`;
  const base = signatureBase(message, components, raw);
  const bytes = await options.key.sign(Buffer.from(base, 'latin1'));
  return {
    signatureInput: `${label}=${raw}`,
    signature: `${label}=:${Buffer.from(bytes).toString('base64')}:`,
    base,
  };
}
