import { type RawBuilder, sql } from 'kysely';

/**
 * A LIKE pattern for text found anywhere, wildcards taken literally (escape character `!`).
 * @param keepCase for columns that are not in lower case; PostgreSQL then tells cases apart, SQLite does not
 */
export function contains(text: string, keepCase = false): string {
  return `%${(keepCase ? text : text.toLowerCase()).replace(/[!%_]/g, '!$&')}%`;
}

/** Whether the fingerprint of the certificate or of the key begins like this. A range finds a prefix by index. */
export function hasFingerprint(prefix: string): RawBuilder<boolean> {
  // `g` is the first letter beyond hex.
  const end = `${prefix}g`;
  return sql<boolean>`(("certificateSha256" >= ${prefix} and "certificateSha256" < ${end}) or ("spkiSha256" >= ${prefix} and "spkiSha256" < ${end}))`;
}
