/** Memory and storage quantities: digits and a binary unit. */
import { ProtocolError } from './errors.ts';

/** A quantity as it was written, with its size in bytes. */
export interface Quantity {
  readonly text: string;
  readonly bytes: bigint;
}

const units: ReadonlyArray<readonly [string, bigint]> = [
  ['Ei', 1n << 60n],
  ['Pi', 1n << 50n],
  ['Ti', 1n << 40n],
  ['Gi', 1n << 30n],
  ['Mi', 1n << 20n],
  ['Ki', 1n << 10n],
];
const maximum = (1n << 63n) - 1n;

function wrong(text: string, why: string): ProtocolError {
  const message = `${JSON.stringify(text.slice(0, 40))} is no quantity: ${why}`;
  return new ProtocolError(
    'semantic',
    message,
    [{ field: '', message }],
    'Write digits and one of Ki, Mi, Gi, Ti, Pi, Ei, such as 8Gi.',
  );
}

/**
 * Reads a quantity such as `8Gi` or `59 Gi`.
 * @throws ProtocolError `semantic`
 */
export function parseQuantity(text: string): Quantity {
  const match = /^[ \t]*([0-9]{1,30})[ \t]*(Ki|Mi|Gi|Ti|Pi|Ei)[ \t]*$/.exec(text);
  if (match === null) throw wrong(text, 'digits and a unit of Ki, Mi, Gi, Ti, Pi or Ei are expected');
  const factor = units.find(([name]) => name === match[2])?.[1] ?? 0n;
  const bytes = BigInt(match[1] ?? '0') * factor;
  if (bytes > maximum) throw wrong(text, 'it is more than 2^63-1 bytes');
  return { text, bytes };
}

/** A number, or a quantity in bytes: what can be greater or less. Undefined for what is neither. */
export function magnitudeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  if (/^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  try {
    return Number(parseQuantity(value).bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** Writes bytes with the largest unit that keeps them whole; what is below one Ki is cut off. Memory stops at Gi. */
export function formatQuantity(bytes: bigint, largest: 'Gi' | 'Ei' = 'Ei'): string {
  const usable = units.slice(units.findIndex(([name]) => name === largest));
  for (const [name, factor] of usable) {
    if (bytes >= factor && bytes % factor === 0n) return `${bytes / factor}${name}`;
  }
  return `${bytes / 1024n}Ki`;
}
