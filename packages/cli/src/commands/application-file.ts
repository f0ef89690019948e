/** Files with applications, as commands read them. */
import { readFile } from 'node:fs/promises';
import { type LocatedProblem, parseApplication, ProtocolError } from '@muster/protocol';
import { UsageError } from '../exit-codes.ts';
import { safe, say } from '../ui.ts';

/** The text of a file. @throws UsageError that names it */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Name a file with an ApplicationDescription, or with requirements.',
    );
  }
}

/** Tells every fault with its line, before anything is sent. @throws UsageError */
export function checkDocument(path: string, text: string): void {
  try {
    parseApplication(text);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const problems = error.problems as readonly LocatedProblem[];
    for (const p of problems)
      say(safe(`${path}:${p.line}:${p.column}: ${p.field === '' ? '' : `${p.field} `}${p.message}`));
    const message = `${error.message} ${problems.length} ${problems.length === 1 ? 'fault' : 'faults'}.`;
    throw Object.assign(new UsageError(message, error.nextStep), { problems });
  }
}
