import pg from 'pg';

/** Enough for every question this program asks; a list written out in a statement makes a new text for each length. */
const mostPrepared = 300;

/** By their texts, the same for all connections. */
const names = new Map<string, string>();

/** The name of a question, or of what is marked to be prepared; undefined for all others. */
function nameOf(text: string): string | undefined {
  const isMarked = text.slice(0, 30).includes('/* prepared */');
  if (!isMarked && !text.startsWith('select')) return undefined;
  let name = names.get(text);
  if (name === undefined) {
    if (!isMarked && names.size >= mostPrepared) return undefined;
    names.set(text, (name = `muster ${names.size}`));
  }
  return name;
}

/**
 * Has each connection parse and plan a statement once, which costs as much as answering most of them, and writes what is
 * asked for in one turn at once.
 */
export class PreparingClient extends pg.Client {
  #isTogether = false;

  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // Whoever has this connection is told by the statement that fails; without a listener it would end the process.
    this.on('error', () => undefined);
  }

  #together(): void {
    if (this.#isTogether) return;
    this.#isTogether = true;
    const { stream } = this.connection;
    stream.cork();
    process.nextTick(() => {
      this.#isTogether = false;
      stream.uncork();
    });
  }

  // The signature of the base class is a dozen overloads; kysely calls it with a text and values.
  override query(...given: [text: unknown, ...rest: unknown[]]): never {
    const [text, values, ...rest] = given;
    const query = super.query as (...all: unknown[]) => never;
    this.#together();
    const name = typeof text === 'string' && Array.isArray(values) ? nameOf(text) : undefined;
    return name === undefined ? query.apply(this, given) : query.call(this, { name, text, values }, ...rest);
  }
}
