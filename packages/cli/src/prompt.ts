/** A secret asked from a person at the terminal; what is typed is not shown. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { UsageError } from './exit-codes.ts';
import { safe, say } from './ui.ts';

/** Whether there is a person to ask: one who sees the question on stderr and can type. */
export const canAsk = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

/** @returns what was typed, or undefined when it was nothing, or the person left by Ctrl-C or Ctrl-D */
async function askHidden(question: string): Promise<string | undefined> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const line = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  process.stderr.write(`${safe(question)}: `);
  const typed = await new Promise<string>((resolve) => {
    line.once('line', resolve);
    // Without a listener of its own, Ctrl-C closes the interface.
    line.once('close', () => resolve(''));
  });
  line.close();
  process.stderr.write('\n');
  return typed === '' ? undefined : typed;
}

/**
 * Asks for a secret; twice for a new one.
 * @param what such as: passphrase of the key file
 * @throws UsageError when two entries of a new one differ, or there is none
 */
export async function askSecret(what: string, isNew: boolean): Promise<string | undefined> {
  if (!isNew) return askHidden(`The ${what}`);
  const first = await askHidden(`A new ${what}`);
  if (first === undefined) throw new UsageError(`There is no ${what}.`, 'Run it again and type one.');
  if ((await askHidden('The same again')) === first) return first;
  say('They differ.');
  return askSecret(what, isNew);
}
