/** A YAML or JSON document that remembers on which line each value stands. */
import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { type FieldProblem, ProtocolError } from '../errors.ts';

/** One fault, with its path such as `deploymentProfiles[0].type` and where it stands, counted from 1. */
export interface LocatedProblem extends FieldProblem {
  readonly line: number;
  readonly column: number;
}

export type Path = readonly (string | number)[];

const maximumBytes = 1024 * 1024;
const maximumProblems = 200;
const nextStep = 'Correct the named lines.';

/** Writes a path as people read it. */
function pathText(path: Path): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${part}`))
    .join('');
}

/** The value of a document, and the problems found in it so far. */
export class LocatedDocument {
  readonly value: unknown;
  readonly problems: LocatedProblem[] = [];
  readonly #root: Node | null;
  readonly #lines: LineCounter;
  #untold = 0;

  /** @throws ProtocolError `malformed-json` for what is neither YAML nor JSON, with every line that says so */
  constructor(text: string) {
    const refuse = (problems: LocatedProblem[]): ProtocolError =>
      new ProtocolError('malformed-json', 'This is neither YAML nor JSON.', problems, nextStep);
    const at = (message: string): LocatedProblem => ({ field: '', message, line: 1, column: 1 });
    if (Buffer.byteLength(text) > maximumBytes) throw refuse([at('must have at most 1 MiB')]);
    this.#lines = new LineCounter();
    try {
      const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
      if (document.errors.length > 0) {
        throw refuse(
          document.errors.slice(0, maximumProblems).map((error) => {
            const { line, col } = this.#lines.linePos(error.pos[0]);
            return { field: '', message: error.message, line, column: col };
          }),
        );
      }
      this.#root = document.contents;
      // A document that grows by aliases is refused by the library's count.
      this.value = document.toJS({ maxAliasCount: 50 });
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      if (error instanceof RangeError) throw refuse([at('is nested too deeply')]);
      throw refuse([at(error instanceof Error ? error.message : String(error))]);
    }
  }

  /** Notes a fault at a path; where the path leads nowhere, its nearest existing parent gives the line. */
  problem(path: Path, message: string): void {
    if (this.problems.length >= maximumProblems) {
      this.#untold++;
      return;
    }
    const { line, col } = this.#lines.linePos(this.#offset(path));
    this.problems.push({ field: pathText(path), message, line: Math.max(1, line), column: Math.max(1, col) });
  }

  #offset(path: Path): number {
    let node: Node | null = this.#root;
    let offset = node?.range?.[0] ?? 0;
    for (const part of path) {
      let next: unknown;
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
        if (pair === undefined) break;
        offset = isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
        next = pair.value;
      } else if (isSeq(node)) {
        next = node.items[Number(part)];
        if (!isNode(next)) break;
        offset = next.range?.[0] ?? offset;
      } else break;
      if (!isNode(next)) break;
      node = next;
    }
    return offset;
  }

  /** @throws ProtocolError `semantic` with every problem, in the order of their lines */
  finish(message: string): void {
    if (this.problems.length === 0) return;
    this.problems.sort((a, b) => a.line - b.line || a.column - b.column);
    const told = this.problems.length;
    const all = this.#untold === 0 ? '' : ` ${told} of its ${told + this.#untold} faults are told.`;
    throw new ProtocolError('semantic', `${message}${all}`, this.problems, nextStep);
  }
}
