/** Lists that come page by page. */

export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

/** What a list is sorted by; a minus puts the largest first. */
type Sorted<Sort extends string> = Sort | `-${Sort}`;

export interface PageRequest<Sort extends string = never> {
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** The first of the list's orders when missing. */
  readonly sort?: Sorted<Sort> | undefined;
}
