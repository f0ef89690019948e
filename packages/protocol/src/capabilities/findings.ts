/** What is wrong in a capability document, and what is tolerated, collected while it is read. */
import { type FieldProblem, ProtocolError } from '../errors.ts';
import { type Quantity, parseQuantity } from '../quantities.ts';

export type Json = Record<string, unknown>;

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

  tolerate(field: string, message: string): void {
    if (this.strict) this.problem(field, message);
    else if (this.warnings.length < 100) this.warnings.push(`${field}: ${message}`);
  }

  text(object: Json, key: string, path: string): string {
    const value = object[key];
    if (typeof value === 'string' && value.length <= 1024) return value;
    this.problem(
      `${path}.${key}`,
      value === undefined ? 'is required' : 'must be a string of at most 1024 characters',
    );
    return '';
  }

  list(object: Json, key: string, path: string): readonly unknown[] {
    const value = object[key];
    if (Array.isArray(value) && value.length <= 1024) return value;
    this.problem(
      `${path}.${key}`,
      value === undefined ? 'is required' : 'must be an array of at most 1024 items',
    );
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
    } else
      this.problem(`${path}.${key}`, value === undefined ? 'is required' : 'must be a string such as 8Gi');
    return { text: '0Ki', bytes: 0n };
  }

  /** One value of an enumeration, whatever its letter case. */
  choice<T extends string>(value: unknown, allowed: readonly T[], field: string): T | undefined {
    const found = typeof value === 'string' ? allowed.find((a) => a === value.toLowerCase()) : undefined;
    if (found === undefined) this.problem(field, `must be one of ${allowed.join(', ')}`);
    else if (found !== value) this.tolerate(field, `is written ${found}`);
    return found;
  }
}
