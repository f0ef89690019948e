/** A YAML or JSON document that remembers on which line each value stands. */
import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import { type FieldProblem, ProtocolError } from '../errors.ts';

/** One fault, with its path such as `deploymentProfiles[0].type` and where it stands, counted from 1. */
export interface LocatedProblem extends FieldProblem {
  readonly line: number;
  readonly column: number;
}

export type Path = readonly (string | number)[];

const maximumBytes = 1024 * 1024;
const maximumProblems = 200;
/** Open mappings, lists and pairs; the deepest published document has a dozen. */
const maximumDepth = 200;
const nextStep = 'Correct the named lines.';
/** Of a value that is told in a fault, in characters. */
const longestSeen = 60;

/** Loaded with the first document: few commands read one, and no daemon does. */
const library = (): typeof Yaml => createRequire(import.meta.url)('yaml') as typeof Yaml;

/** Writes a path as people read it. */
function pathText(path: Path): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${part}`))
    .join('');
}

/** What stands where something else is expected, in few words; nothing of what is no plain value. */
function seenText(value: unknown): string {
  if (typeof value !== 'string')
    return typeof value === 'number' || typeof value === 'boolean' ? `${value}` : '';
  return value.length > longestSeen ? '' : JSON.stringify(value);
}

/** What the library makes of a text, as long as it is not nested beyond measure or wrong everywhere: both would take it long. */
function* tokensOf(text: string, lines: Yaml.LineCounter): Generator<Yaml.CST.Token> {
  const { Lexer, Parser } = library();
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let faults = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      yield token;
      if (token.type === 'error' && ++faults > maximumProblems) return;
    }
    if (parser.stack.length > maximumDepth) throw new RangeError();
  }
  yield* parser.end();
}

/** Reads a text as one document, with its errors in it. */
function compose(text: string, lines: Yaml.LineCounter): Yaml.Document.Parsed {
  const { Composer, YAMLParseError } = library();
  // The library compares each key with all before it: a megabyte of keys would take minutes.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false });
  const [document, second] = composer.compose(tokensOf(text, lines), true, text.length);
  if (document === undefined) throw new Error('there is no document');
  if (second !== undefined) {
    const [from, to] = second.range;
    document.errors.push(new YAMLParseError([from, to], 'MULTIPLE_DOCS', 'there are several documents'));
  }
  return document;
}

/** What values of JSON are called in YAML, where they are called at all. */
const plainTags = new Set(
  ['map', 'seq', 'str', 'int', 'float', 'bool', 'null'].map((one) => `tag:yaml.org,2002:${one}`),
);

/**
 * Notes what JSON has no word for as errors of the document: keys that stand twice, keys that are no texts, and values of other
 * kinds. A need in a `!!set` or `!!omap` would be none.
 */
function refuseStrange(document: Yaml.Document.Parsed): void {
  const { isNode, isScalar, visit, YAMLParseError } = library();
  const refuse = (node: unknown, message: string): void => {
    const [from = 0, to = 0] = (isNode(node) && node.range) || [];
    document.errors.push(new YAMLParseError([from, to], 'IMPOSSIBLE', message));
  };
  const checkTag = (node: Yaml.Scalar | Yaml.YAMLMap | Yaml.YAMLSeq): void => {
    if (node.tag !== undefined && !plainTags.has(node.tag))
      refuse(node, `the tag ${node.tag} is not taken: write a plain value`);
  };
  visit(document, {
    Scalar: (_, node) => checkTag(node),
    Seq: (_, node) => checkTag(node),
    Map(_, node) {
      checkTag(node);
      const seen = new Set<string>();
      for (const { key } of node.items) {
        if (!isScalar(key)) {
          refuse(key, 'a key must be a text');
          continue;
        }
        const name = String(key.value);
        if (seen.has(name)) refuse(key, 'Map keys must be unique');
        seen.add(name);
      }
    },
  });
}

/** The value of a document, and the problems found in it so far. */
export class LocatedDocument {
  readonly value: unknown;
  readonly problems: LocatedProblem[] = [];
  readonly #root: Yaml.Node | null;
  readonly #lines: Yaml.LineCounter;
  #untold = 0;

  /** @throws ProtocolError `malformed-json` for what is neither YAML nor JSON, with every line that says so */
  constructor(text: string) {
    const refuse = (problems: LocatedProblem[]): ProtocolError =>
      new ProtocolError('malformed-json', 'This is neither YAML nor JSON.', problems, nextStep);
    const at = (message: string): LocatedProblem => ({ field: '', message, line: 1, column: 1 });
    if (Buffer.byteLength(text) > maximumBytes) throw refuse([at('must have at most 1 MiB')]);
    this.#lines = new (library().LineCounter)();
    try {
      const document = compose(text, this.#lines);
      refuseStrange(document);
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

  /**
   * Notes a fault at a path; where the path leads nowhere, its nearest existing parent gives the line. A message of what must be
   * is followed by what is.
   */
  problem(path: Path, message: string): void {
    if (this.problems.length >= maximumProblems) {
      this.#untold++;
      return;
    }
    const { line, col } = this.#lines.linePos(this.#offset(path));
    const seen = message.startsWith('must ') ? seenText(this.#at(path)) : '';
    this.problems.push({
      field: pathText(path),
      message: seen === '' ? message : `${message}; it is ${seen}`,
      line: Math.max(1, line),
      column: Math.max(1, col),
    });
  }

  #at(path: Path): unknown {
    let value = this.value;
    for (const part of path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
      value = (value as Readonly<Record<string | number, unknown>>)[part];
    }
    return value;
  }

  #offset(path: Path): number {
    const { isMap, isNode, isScalar, isSeq } = library();
    let node: Yaml.Node | null = this.#root;
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
