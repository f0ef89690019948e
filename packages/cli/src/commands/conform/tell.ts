/** How a black-box check goes, for people and for programs. */
import type { Outcome, Summary } from '@muster/conformance';
import { exitCodes } from '../../exit-codes.ts';
import { colored, json, safe } from '../../ui.ts';

const marks = {
  pass: colored('green', '✓', process.stdout),
  fail: colored('red', '✗', process.stdout),
  skipped: '–',
} as const;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** One check as it ends: a line, and what to do about it when it has failed. */
export function tellOutcome({ check, ...o }: Outcome, asJson: boolean): void {
  if (asJson) return json({ event: 'outcome', ...check, ...o });
  const level = check.level === 'should' ? ' (should)' : '';
  const why = o.result === 'skipped' ? `: not looked at, ${safe(o.seen)}` : '';
  print(`${marks[o.result]} ${check.id.padEnd(38)} ${safe(check.title)}${level}${why}`);
  if (o.result !== 'fail') return;
  print(`    seen:     ${safe(o.seen)}`);
  print(`    expected: ${safe(o.expected)} (${check.source})`);
  print(`    next:     ${safe(o.nextStep)}`);
}

/** The last line, and the exit code of the whole. @param ended why most was not looked at, where that is so */
export function tellSummary(
  summary: Summary,
  ended: 'unreachable' | 'untrusted' | null,
  asJson: boolean,
): void {
  if (ended === 'untrusted') process.exitCode = exitCodes.trust;
  else if (ended === 'unreachable') process.exitCode = exitCodes.unreachable;
  else if (!summary.conformant) process.exitCode = exitCodes.other;
  if (asJson) return json({ event: 'summary', ...summary, ended });
  const { passed, failedMust, failedShould, skipped } = summary;
  print(
    `\n${summary.conformant ? 'Conformant' : 'Not conformant'}${skipped > 0 ? ' as far as was looked at' : ''}: ` +
      `${passed} passed, ${failedMust} failed, ${failedShould} failed that only should pass, ${skipped} not looked at.`,
  );
}
