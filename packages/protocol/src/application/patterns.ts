/**
 * `regexMatch` of a setting. Nobody states its dialect, and a backtracking engine can be made to run for years by one line. So
 * a pattern is evaluated by RE2, whose time is linear, after what only ECMAScript writes (`\u0041`, `[^]`) is translated. What RE2
 * cannot say (looking around, references back) is only checked to be a pattern of ECMAScript, and so is what is too large.
 */
import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';

/** Loaded with the first pattern: few documents have one, and each device would load it at its start. */
const load = (): { RE2JS: typeof RE2JS } =>
  createRequire(import.meta.url)('re2js') as { RE2JS: typeof RE2JS };

const longestPattern = 1000;
/** Of one pattern, as instructions; compiling takes microseconds for each. */
const largestPattern = 5000;
/** Of all patterns of one document together. */
const mostInstructions = 20_000;
/** Instructions by characters, of all values of one document: a fifth of a second. */
const mostSteps = 2_000_000;

interface Known {
  readonly fault?: string;
  readonly size: number;
  readonly engine?: RE2JS;
}

/** How many instructions a pattern has when its repetitions are written out, the nested ones too. */
function sizeOf(pattern: string): number {
  // What is quoted, and what stands in a class, is one thing that is matched.
  const plain = pattern.replace(/\\./gs, 'x').replace(/\[\^?\]?(?:\[:\^?\w+:\]|[^\]])*\]/g, 'x');
  const outer: number[] = [];
  let [size, last] = [0, 0];
  for (const [part, least, most] of plain.matchAll(/\{(\d+)(?:,(\d*))?\}|[^]/g)) {
    if (part === '(') {
      outer.push(size);
      [size, last] = [0, 0];
    } else if (part === ')') {
      last = size + 1;
      size = last + (outer.pop() ?? 0);
    } else if (least === undefined) {
      last = 1;
      size++;
    } else size += last * (Math.max(1, Number(least), Number(most ?? 0)) - 1);
  }
  return outer.reduce((sum, one) => sum + one, size);
}

function ecmaScriptFault(pattern: string): string | undefined {
  try {
    new RegExp(pattern);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? (error.message.split(': ').at(-1) ?? '') : '';
    return `must be a regular expression: ${why.slice(0, 100)}`;
  }
}

/** The patterns of one document. What it costs to evaluate them is bounded for all of them together. */
export class Patterns {
  #instructionsLeft = mostInstructions;
  #stepsLeft = mostSteps;
  readonly #known = new Map<string, Known>();

  /** What is wrong with a pattern; undefined where it is one. */
  fault(pattern: string): string | undefined {
    return this.#read(pattern).fault;
  }

  /** Whether the pattern is found anywhere in the text; true as well where that is not evaluated. */
  matches(pattern: string, text: string): boolean {
    const { engine, size } = this.#read(pattern);
    const steps = size * (text.length + 1);
    if (engine === undefined || steps > this.#stepsLeft) return true;
    this.#stepsLeft -= steps;
    return engine.matcher(text).find();
  }

  #read(pattern: string): Known {
    let known = this.#known.get(pattern);
    if (known === undefined) this.#known.set(pattern, (known = this.#compile(pattern)));
    return known;
  }

  #compile(pattern: string): Known {
    const size = pattern.length > longestPattern ? Number.POSITIVE_INFINITY : sizeOf(pattern);
    // \Q…\E hides brackets from the estimate.
    if (size <= Math.min(largestPattern, this.#instructionsLeft) && !pattern.includes('\\Q')) {
      this.#instructionsLeft -= size;
      const { RE2JS } = load();
      try {
        return { size, engine: RE2JS.compile(RE2JS.translateRegExp(pattern)) };
      } catch {
        // None of RE2: it may be one of ECMAScript all the same.
      }
    }
    const fault = ecmaScriptFault(pattern);
    return { size, ...(fault === undefined ? {} : { fault }) };
  }
}
