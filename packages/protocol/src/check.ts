/** What a check of a doctor says, on either side. */
export interface Check {
  readonly name: string;
  /** `skip`: could not be looked at, because of an earlier failure or because there is nothing to look at. */
  readonly result: 'pass' | 'warn' | 'fail' | 'skip';
  readonly seen: string;
  /** What to do; absent where all is well. */
  readonly fix?: string;
}

/** All checks, and the worst of their results. */
export interface Diagnosis {
  readonly result: 'pass' | 'warn' | 'fail';
  readonly checks: readonly Check[];
}

/** A check that found what it should. */
export const pass = (name: string, seen: string): Check => ({ name, result: 'pass', seen });
/** A check that was left out, and why. */
export const skip = (name: string, seen: string): Check => ({ name, result: 'skip', seen });
/** A check that found what will become trouble, and what to do. */
export const warn = (name: string, seen: string, fix: string): Check => ({ name, result: 'warn', seen, fix });
/** A check that found trouble, and what to do. */
export const fail = (name: string, seen: string, fix: string): Check => ({ name, result: 'fail', seen, fix });

/** Sums checks up. */
export function diagnosis(checks: readonly Check[]): Diagnosis {
  const has = (result: Check['result']): boolean => checks.some((c) => c.result === result);
  return { result: has('fail') ? 'fail' : has('warn') ? 'warn' : 'pass', checks };
}
