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

interface IdOf {
  readonly digest: string;
  readonly id: number;
}

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
    if (asked.length > 0) {
      const { text } = shapes[this.#table];
      const rows = asked.map((digest) => ({ digest, [text]: texts[digests.indexOf(digest)] }));
      const [found, made] = await Promise.all([this.#find(tx, asked), this.#make(tx, rows)]);
      for (const { digest, id } of found) {
        here.set(digest, id);
        this.#remember(digest, id);
      }
      for (const { digest, id } of made) here.set(digest, id);
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

  /** Stores those that are not there. */
  #make(tx: Tx, rows: readonly { readonly digest: string }[]): Promise<IdOf[]> {
    const [table, { text, id }] = [this.#table, shapes[this.#table]];
    // An id that PostgreSQL has taken for a row is gone, also when the row was there already.
    const fresh = `as "one" ("digest", "${text}")
      where not exists (select 1 from "${table}" as "kept" where "kept"."digest" = "one"."digest")`;
    return insertRows<keyof typeof shapes, IdOf>(this.#engine, tx, {
      into: table,
      columns: { digest: 'text', [text]: 'text' },
      rows,
      end: `${this.#engine.name === 'postgres' ? fresh : ''} on conflict ("digest") do nothing
        returning "digest", "${id}" as "id"`,
    });
  }

  async #find(tx: Tx, digests: readonly string[]): Promise<IdOf[]> {
    const { id } = shapes[this.#table];
    const found =
      await sql<IdOf>`select ${prepared} "digest", ${sql.ref(id)} as "id" from ${sql.table(this.#table)} where ${among(this.#engine, 'digest', digests)}`.execute(
        tx,
      );
    return found.rows;
  }

  #remember(digest: string, id: number): void {
    if (this.#known.size >= mostRemembered) this.#known.clear();
    this.#known.set(digest, id);
  }
}
