/** What all collections have in common: pages, cursors, orders. */
import { type TSchema, Type } from 'typebox';
import { longestLabel } from '../fleet/labels.ts';
import type { PageRequest } from '../store/ports/paging.ts';

/** Which page of a list is meant. */
export const page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  cursor: Type.Optional(
    Type.String({ maxLength: 2000, description: 'the nextCursor of the page before, in the same order' }),
  ),
};

/**
 * The query of a collection.
 * @param sorts what it may be sorted by; the first is meant when nothing is said
 * @param filters what else may be asked for; all of it must hold
 */
export function listQuery(sorts: readonly string[], filters: Readonly<Record<string, TSchema>> = {}): object {
  const sort = Type.Optional(
    Type.String({
      enum: sorts.flatMap((name) => [name, `-${name}`]),
      default: sorts[0],
      description: 'a minus puts the largest first',
    }),
  );
  return Type.Object({ ...page, sort, ...filters });
}

/** The number of an entry of the audit log, which is the id of its event; databases count no further than JavaScript does. */
export const EventNumber = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'the id of an event, as in Last-Event-ID',
});

/** One of a few words. */
export const oneOf = (...words: string[]): TSchema => Type.Optional(Type.String({ enum: words }));

/** Filters that several collections share. */
export const filters = {
  text: Type.Optional(Type.String({ maxLength: 200, description: 'part of a name, any case' })),
  fingerprint: Type.Optional(Type.String({ maxLength: 80, description: 'its beginning' })),
  clientId: Type.Optional(Type.String({ maxLength: 128 })),
  authority: Type.Optional(Type.String({ maxLength: 100 })),
  label: Type.Optional(
    Type.String({ maxLength: longestLabel, description: 'key=value, or key for any value' }),
  ),
};

/** Reads which page is asked for; the schema has checked it. */
export function pageOf<Sort extends string>(query: unknown): PageRequest<Sort> {
  const asked = query as Partial<PageRequest<Sort>>;
  return { limit: asked.limit ?? 100, cursor: asked.cursor, sort: asked.sort };
}
