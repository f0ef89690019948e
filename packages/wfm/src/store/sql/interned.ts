/** Offers and sets of labels, each distinct one stored once; they are never changed nor removed. */
import { sql } from 'kysely';
import { offerDigest } from '../../placement/offer.ts';
import { among, insertRows, prepared } from './lists.ts';
import type { Engine, Tx } from './schema.ts';

const shapes = {
  offers: { id: 'offerId', text: 'offer' },
  labelSets: { id: 'labelSetId', text: 'labels' },
} as const;

/** Enough for the fleets measured; beyond it the database is asked again. */
const mostRemembered = 50_000;

/** Gives texts of one table their ids. */
export class Interned {
  readonly #engine: Engine;
  readonly #table: keyof typeof shapes;
  /** Only ids that were found committed: one of a transaction that was rolled back may be given to another text. */
  readonly #known = new Map<string, number>();

  constructor(engine: Engine, table: keyof typeof shapes) {
    this.#engine = engine;
    this.#table = table;
  }

  /**
   * The ids of `texts` in their order; those that are new are stored.
   * @param tx has written nothing of this table before
   */
  async ids(tx: Tx, texts: readonly string[]): Promise<number[]> {
    const digests = texts.map(offerDigest);
    const here = new Map<string, number>();
    const missing = (): string[] =>
      // In one order everywhere, so that no two transactions wait for each other.
      [...new Set(digests.filter((d) => !this.#known.has(d) && !here.has(d)))].sort();
    const asked = missing();
    if (asked.length > 0)
      for (const { digest, id } of await this.#find(tx, asked)) {
        here.set(digest, id);
        this.#remember(digest, id);
      }
    const fresh = missing();
    if (fresh.length > 0) {
      const { text, id } = shapes[this.#table];
      const made = await insertRows<keyof typeof shapes, { digest: string; id: number }>(this.#engine, tx, {
        into: this.#table,
        columns: { digest: 'text', [text]: 'text' },
        rows: fresh.map((digest) => ({ digest, [text]: texts[digests.indexOf(digest)] })),
        end: `on conflict ("digest") do nothing returning "digest", "${id}" as "id"`,
      });
      for (const one of made) here.set(one.digest, one.id);
      // Another instance was faster with these, and they are committed by now.
      const others = missing();
      if (others.length > 0)
        for (const { digest, id: theirs } of await this.#find(tx, others)) here.set(digest, theirs);
    }
    return digests.map((digest) => {
      const id = here.get(digest) ?? this.#known.get(digest);
      if (id === undefined) throw new Error(`no row of ${this.#table} has the digest ${digest}`);
      return id;
    });
  }

  async #find(tx: Tx, digests: readonly string[]): Promise<{ digest: string; id: number }[]> {
    const { id } = shapes[this.#table];
    const found = await sql<{
      digest: string;
      id: number;
    }>`select ${prepared} "digest", ${sql.ref(id)} as "id" from ${sql.table(this.#table)} where ${among(this.#engine, 'digest', digests)}`.execute(
      tx,
    );
    return found.rows;
  }

  #remember(digest: string, id: number): void {
    if (this.#known.size >= mostRemembered) this.#known.clear();
    this.#known.set(digest, id);
  }
}
