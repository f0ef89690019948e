/** What a setting is, and how its text becomes a value. */

type Kind = 'text' | 'list' | 'seconds' | 'count' | readonly string[];

/** One setting as its subject lists it. */
export interface Row<Name extends string = string> {
  readonly name: Name;
  /** Long flag; a list may be repeated. The name in the YAML file is the same. */
  readonly flag: string;
  readonly kind: Kind;
  readonly fallback: string | number | readonly string[] | null;
  readonly help: string;
}

/** A year. */
const longestSeconds = 31_536_000;
const longestCount = 100_000;

/** A setting that cannot be used. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'invalid-setting';
  readonly seen: string;
  readonly expected: string;
  readonly nextStep: string;

  constructor(setting: string, seen: string, expected: string) {
    super(`The setting ${setting} cannot be used: ${seen}.`);
    this.seen = seen;
    this.expected = expected;
    this.nextStep = `Set ${setting} to ${expected}.`;
  }
}

/**
 * The value of a setting.
 * @param value as a flag, the environment or a YAML file gave it
 * @throws SettingsError
 */
export function convert({ kind, flag }: Row, value: unknown): string | number | readonly string[] {
  if (kind === 'list') {
    const items = Array.isArray(value) ? value.map(String) : String(value).split(',');
    return items.map((item) => item.trim()).filter((item) => item !== '');
  }
  if (kind === 'seconds') {
    const number = typeof value === 'number' ? value : Number(String(value).trim() || 'x');
    if (!Number.isFinite(number) || number < 0 || number > longestSeconds)
      throw new SettingsError(flag, String(value), `seconds from 0 to ${longestSeconds}`);
    return number;
  }
  if (kind === 'count') {
    const number = Number(String(value).trim() || 'x');
    if (!Number.isInteger(number) || number < 1 || number > longestCount)
      throw new SettingsError(flag, String(value), `a whole number from 1 to ${longestCount}`);
    return number;
  }
  const text = String(value);
  if (kind !== 'text' && !kind.includes(text))
    throw new SettingsError(flag, text, `one of ${kind.join(', ')}`);
  if (kind === 'text' && text === '') throw new SettingsError(flag, 'nothing', 'a value');
  return text;
}
