/**
 * The terminal's voice. Data goes to stdout, words for people to stderr. An error is one statement; what was seen and
 * expected, and what to type next, stand on lines of their own. With --json stdout carries JSON and nothing else.
 */
import { createRequire } from 'node:module';
import { styleText } from 'node:util';
import type { Check } from '@muster/protocol';
import type Table from 'cli-table3';
import { exitCodeOf } from './exit-codes.ts';

/**
 * Text in a colour where the stream is a terminal, and plain in files and pipes, a CI's log among them. NO_COLOR and FORCE_COLOR
 * are heeded, CI is not: what a script reads must be the same everywhere.
 */
export const colored = (color: 'green' | 'red', text: string, stream: NodeJS.WriteStream): string =>
  styleText(color, text, { stream });

/** Says something to people. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A step that is done, with what was made. */
export function tick(what: string, detail = ''): void {
  say(`${colored('green', '✓', process.stderr)} ${what.padEnd(22)} ${safe(detail)}`.trimEnd());
}

/**
 * JSON text. What {@link safe} would show is escaped, which JSON.stringify does for the first controls only: the value stays
 * the same, and a terminal is not steered by it.
 */
export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(steering, (c) => (c === '\n' ? c : escaped(c)));

/** One JSON document on a line of stdout. */
export function json(value: unknown): void {
  process.stdout.write(`${jsonText(value)}\n`);
}

/** Prints a table on stdout. */
export function table(head: string[], rows: string[][]): void {
  // Loaded with the first table: a daemon draws none.
  const Drawing = createRequire(import.meta.url)('cli-table3') as typeof Table;
  const drawn = new Drawing({
    head,
    style: { head: [], border: [], compact: true },
    chars: {
      mid: '',
      'left-mid': '',
      'mid-mid': '',
      'right-mid': '',
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      right: '',
      middle: '  ',
    },
  });
  drawn.push(...rows.map((row) => row.map(safe)));
  process.stdout.write(`${drawn.toString()}\n`);
}

/** Controls, and the marks that turn the direction of text around. */
const steering = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const escaped = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Text from elsewhere must not steer the terminal: control characters become visible. */
export function safe(text: string): string {
  return text.replace(steering, escaped);
}

const marks = { pass: '✓', warn: '!', fail: '✗', skip: '–' } as const;

/** What a doctor has found, one line a check, with the fix below. */
export function tellChecks(checks: readonly Check[]): void {
  for (const { name, result, seen, fix } of checks) {
    process.stdout.write(`${marks[result]} ${safe(name).padEnd(20)} ${safe(seen)}\n`);
    if (fix !== undefined) process.stdout.write(`  ${''.padEnd(20)} → ${safe(fix)}\n`);
  }
}

function detailOf(error: object, key: string): string | undefined {
  const value = key in error ? (error as Record<string, unknown>)[key] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What the system itself says of a file is no sentence for people. */
function namedSystemError(error: Error): Error {
  if (!('syscall' in error) || !('code' in error) || 'nextStep' in error) return error;
  if (/^(?:connect|getaddrinfo|listen|bind)$/.test(String(error.syscall))) return error;
  return Object.assign(new Error('A file or folder cannot be used.', { cause: error }), {
    code: error.code,
    seen: error.message,
    expected: 'a path that this user can read, or write to',
    nextStep: 'Check the path, and whether the disk is full.',
  });
}

/** What somebody does who meets an error that nobody has foreseen. */
const unforeseen = 'Run it again; if that does not help, report it with this text (CONTRIBUTING.md).';

/**
 * Reports an error and sets the exit code. With --json it is one document; what the error has found (`details`), such as every
 * fault of a file, stands in it beside `error`.
 */
export function fail(error: unknown, asJson: boolean): void {
  const exitCode = exitCodeOf(error);
  process.exitCode = exitCode;
  const thing = error instanceof Error ? namedSystemError(error) : new Error(String(error));
  const [code = 'failed', seen, expected, nextStep = unforeseen] = [
    'code',
    'seen',
    'expected',
    'nextStep',
  ].map((key) => detailOf(thing, key));
  const details = 'details' in thing && typeof thing.details === 'object' ? thing.details : null;
  if (asJson)
    json({ ...details, error: { code, message: thing.message, seen, expected, nextStep, exitCode } });
  say(`${colored('red', 'error:', process.stderr)} ${safe(thing.message)}`);
  if (seen !== undefined) say(`  seen:     ${safe(seen)}`);
  if (expected !== undefined) say(`  expected: ${safe(expected)}`);
  say(`  next:     ${safe(nextStep)}`);
}
