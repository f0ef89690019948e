/** What is wrong in a capability document, and what is tolerated, collected while it is read. */
import { type FieldProblem, ProtocolError } from '../errors.ts';
import { type Quantity, parseQuantity } from '../quantities.ts';

export type Json = Record<string, unknown>;

/** A value as far as it tells what it is. */
function shown(value: unknown): string {
  const text = Array.isArray(value) ? `an array of ${value.length}` : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Collects problems and warnings; each reader answers a usable value. */
export class Findings {
  readonly problems: FieldProblem[] = [];
  readonly warnings: string[] = [];
  readonly strict: boolean;

  constructor(strict: boolean) {
    this.strict = strict;
  }

  problem(field: string, message: string): void {
    // A hostile document can be wrong in ten thousand places; a hundred are enough to act on.
    if (this.problems.length < 100) this.problems.push({ field, message });
  }

  /** What was expected, and what was found in its place; nothing found is what is required. */
  unlike(field: string, expected: string, found: unknown): void {
    this.problem(
      field,
      found === undefined ? `is required and ${expected}` : `${expected}, found ${shown(found)}`,
    );
  }

  tolerate(field: string, message: string): void {
    if (this.strict) this.problem(field, message);
    else if (this.warnings.length < 100) this.warnings.push(`${field}: ${message}`);
  }

  text(object: Json, key: string, path: string): string {
    const value = object[key];
    if (typeof value === 'string' && value.length <= 1024) return value;
    this.unlike(`${path}.${key}`, 'must be a string of at most 1024 characters', value);
    return '';
  }

  list(object: Json, key: string, path: string): readonly unknown[] {
    const value = object[key];
    if (Array.isArray(value) && value.length <= 1024) return value;
    this.unlike(`${path}.${key}`, 'must be an array of at most 1024 items', value);
    return [];
  }

  quantity(object: Json, key: string, path: string): Quantity {
    const value = object[key];
    if (typeof value === 'string') {
      try {
        return parseQuantity(value);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.problem(`${path}.${key}`, error.message);
      }
    } else this.unlike(`${path}.${key}`, 'must be a string such as 8Gi', value);
    return { text: '0Ki', bytes: 0n };
  }

  /** One value of an enumeration, whatever its letter case. */
  choice<T extends string>(value: unknown, allowed: readonly T[], field: string): T | undefined {
    const found = typeof value === 'string' ? allowed.find((a) => a === value.toLowerCase()) : undefined;
    if (found === undefined) this.unlike(field, `must be one of ${allowed.join(', ')}`, value);
    else if (found !== value) this.tolerate(field, `is written ${found}`);
    return found;
  }
}
