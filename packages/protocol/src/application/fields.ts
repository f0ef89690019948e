/** Reading fields of a located document: each reader answers a usable value and notes what was wrong. */
import { ProtocolError } from '../errors.ts';
import { isObject } from '../json.ts';
import { parseQuantity, type Quantity } from '../quantities.ts';
import type { LocatedDocument, Path } from './document.ts';

export type Json = Record<string, unknown>;

const longestText = 100_000;
const longestList = 1000;

/** An object, or an empty one with the fault noted. */
export function objectAt(d: LocatedDocument, value: unknown, path: Path): Json {
  if (isObject(value)) return value;
  d.problem(path, value === undefined ? 'is required' : 'must be a mapping');
  return {};
}

/** Refuses what is not known: left out silently, a need that is mistyped would be no need. Extensions are left alone. */
export function knownAt(d: LocatedDocument, object: Json, known: readonly string[], path: Path): void {
  for (const key of Object.keys(object))
    if (!known.includes(key) && !key.startsWith('x-'))
      d.problem([...path, key], `is not known here; expected ${known.join(', ')}`);
}

/** A non-empty text. */
export function textAt(d: LocatedDocument, parent: Json, key: string, path: Path, pattern?: RegExp): string {
  const value = parent[key];
  if (value === undefined) d.problem([...path, key], 'is required');
  else if (typeof value === 'number' || typeof value === 'boolean')
    d.problem([...path, key], 'must be a text: in quotes');
  else if (typeof value !== 'string' || value === '' || value.length > longestText)
    d.problem([...path, key], 'must be a text that is not empty');
  else if (pattern !== undefined && !pattern.test(value))
    d.problem([...path, key], `must match ${pattern.source}`);
  else return value;
  return '';
}

/** A text that may be missing. */
export function optionalText(d: LocatedDocument, parent: Json, key: string, path: Path): string | undefined {
  return parent[key] === undefined ? undefined : textAt(d, parent, key, path);
}

/** A text for people that may be missing, or say nothing. */
export function remarkAt(d: LocatedDocument, parent: Json, key: string, path: Path): string | undefined {
  return parent[key] === '' ? undefined : optionalText(d, parent, key, path);
}

/** A list; missing is a fault only where it is required. */
export function listAt(
  d: LocatedDocument,
  parent: Json,
  key: string,
  path: Path,
  o: { required?: boolean; notEmpty?: boolean; most?: number } = {},
): readonly unknown[] {
  const value = parent[key];
  const at = [...path, key];
  const most = o.most ?? longestList;
  if (value === undefined) {
    if (o.required === true) d.problem(at, 'is required');
    return [];
  }
  if (!Array.isArray(value)) {
    d.problem(at, 'must be a list');
    return [];
  }
  if (value.length === 0 && o.notEmpty === true) d.problem(at, 'must have at least one entry');
  if (value.length > most) d.problem(at, `must have at most ${most} entries`);
  return value.slice(0, most);
}

/** One of a closed list of words. */
export function choiceAt<T extends string>(
  d: LocatedDocument,
  value: unknown,
  allowed: readonly T[],
  path: Path,
): T | undefined {
  const found = allowed.find((one) => one === value);
  if (found === undefined)
    d.problem(path, value === undefined ? 'is required' : `must be one of ${allowed.join(', ')}`);
  return found;
}

/** A quantity as applications write them: no blank before the unit. */
export function quantityAt(
  d: LocatedDocument,
  parent: Json,
  key: string,
  path: Path,
  units: readonly string[],
): Quantity | undefined {
  const value = parent[key];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && new RegExp(`^[0-9]+(${units.join('|')})$`).test(value)) {
    try {
      return parseQuantity(value);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      d.problem([...path, key], error.message);
      return undefined;
    }
  }
  d.problem([...path, key], `must be digits and one of ${units.join(', ')}, such as 2Gi`);
  return undefined;
}
