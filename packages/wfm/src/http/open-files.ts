/** How many connections this process may have open. */
import { readFileSync } from 'node:fs';

/** Kept for the database, the log, files, and the operators. */
const reserved = 256;

/** The soft limit on open files in the text of /proc/self/limits (proc(5)); null when there is none. */
export function openFilesLimit(text: string): number | null {
  const match = /^Max open files\s+(\d+)/m.exec(text);
  return match === null ? null : Number(match[1]);
}

/**
 * As many connections as wanted, or as open files allow.
 * @param wanted by the settings
 */
export function possibleConnections(wanted: number): number {
  let limit: number | null;
  try {
    limit = openFilesLimit(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    // Only Linux tells; elsewhere the system itself refuses.
    return wanted;
  }
  return limit === null ? wanted : Math.max(1, Math.min(wanted, limit - reserved));
}
