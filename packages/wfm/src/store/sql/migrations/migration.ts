import type { Engine } from '../schema.ts';

/** One step of the schema. Its name says why it is there; once released it never changes. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly statements: (engine: Engine) => string[];
}
