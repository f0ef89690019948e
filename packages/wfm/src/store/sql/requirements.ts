import { sql } from 'kysely';
import {
  canHost,
  compileRequired,
  profilesFromJson,
  profilesToJson,
  type Required,
} from '../../placement/required.ts';
import type { Subject } from '../../placement/constraints.ts';
import { parseSelector } from '../../placement/selector-text.ts';
import type { RequiredWorkload, RequirementSort, RequirementStore } from '../ports/requirements.ts';
import { appendAudit, lockChain } from './audit.ts';
import { Keyset, names, numbers } from './keyset.ts';
import type { Database, Tx } from './schema.ts';

const keyset = new Keyset<RequirementSort>('name', {
  name: { ...names('name'), isUnique: true },
  createdAt: numbers('createdAt'),
});

/** Each changed device is held against all of them, in the transaction of its report. */
const mostRequirements = 100;

const mostOffersRemembered = 10_000;

/** The requirements as they are compiled, read again when any instance has changed them. */
export class Requirements {
  #version = -1;
  #compiled: readonly Required[] = [];
  /** By the text of an offer: ids may be given anew after a rollback. */
  readonly #hosts = new Map<string, Map<Required, boolean>>();

  /** @param version as `tx` has read it */
  async at(tx: Tx, version: number): Promise<readonly Required[]> {
    if (version === this.#version) return this.#compiled;
    const found =
      version === 0 ? [] : await tx.selectFrom('requiredWorkloads').selectAll().orderBy('name').execute();
    this.#compiled = found.map(({ name, application, profiles, target, selector }) =>
      compileRequired(
        name,
        {
          id: application,
          name,
          version: '',
          ...(target === null ? {} : { target }),
          profiles: profilesFromJson(profiles),
        },
        parseSelector(selector),
      ),
    );
    this.#version = version;
    this.#hosts.clear();
    return this.#compiled;
  }

  /** Tells of each requirement whether this device can host it; judged once for all devices that offer the same. */
  judgeOf(subject: Subject): (required: Required) => boolean {
    const text = JSON.stringify(subject.offer);
    let known = this.#hosts.get(text);
    if (known === undefined) {
      if (this.#hosts.size >= mostOffersRemembered) this.#hosts.clear();
      this.#hosts.set(text, (known = new Map()));
    }
    const verdicts = known;
    return (required) => {
      if (!required.looksAtOffersOnly) return canHost(required, subject);
      let verdict = verdicts.get(required);
      if (verdict === undefined) verdicts.set(required, (verdict = canHost(required, subject)));
      return verdict;
    };
  }
}

const changed = (tx: Tx): Promise<unknown> =>
  tx
    .updateTable('requiredVersion')
    .set({ version: sql<number>`"version" + 1` })
    .where('id', '=', 1)
    .execute();

const find = (database: Database, name: string): Promise<RequiredWorkload | undefined> =>
  database.selectFrom('requiredWorkloads').selectAll().where('name', '=', name).executeTakeFirst();

/** The requirements over SQL. */
export function sqlRequirements(database: Database): RequirementStore {
  return {
    add: ({ name, application, document, selector, actor, now }) =>
      database.transaction().execute(async (tx) => {
        const head = await lockChain(tx);
        const present = await find(tx, name);
        if (present !== undefined)
          return present.document === document && present.selector === selector ? 'unchanged' : 'conflict';
        const { n } = await tx
          .selectFrom('requiredWorkloads')
          .select((e) => e.fn.countAll<number>().as('n'))
          .executeTakeFirstOrThrow();
        if (Number(n) >= mostRequirements) return 'too-many';
        const { id, profiles, target = null } = application;
        await tx
          .insertInto('requiredWorkloads')
          .values({
            name,
            application: id,
            document,
            profiles: profilesToJson(profiles),
            target,
            selector,
            createdAt: now,
            createdBy: actor,
          })
          .execute();
        await changed(tx);
        const detail = { application: id, target, selector };
        await appendAudit(tx, { at: now, actor, action: 'requirement.added', subject: name, detail }, head);
        return 'added';
      }),
    get: async (name) => (await find(database, name)) ?? null,
    async list(o) {
      const query = database.selectFrom('requiredWorkloads').selectAll();
      return keyset.page(await keyset.rows(query, o).execute(), o);
    },
    remove: (name, actor, now) =>
      database.transaction().execute(async (tx) => {
        const head = await lockChain(tx);
        const gone = await tx
          .deleteFrom('requiredWorkloads')
          .where('name', '=', name)
          .returning(['application', 'selector'])
          .executeTakeFirst();
        if (gone === undefined) return false;
        await changed(tx);
        await appendAudit(
          tx,
          { at: now, actor, action: 'requirement.removed', subject: name, detail: gone },
          head,
        );
        return true;
      }),
  };
}
