/** Workloads that devices must be able to host, whether one runs there or not. */
import type { Application } from '@muster/protocol';
import type { Page, PageRequest } from './paging.ts';

export interface RequiredWorkload {
  readonly name: string;
  /** The id of the application. */
  readonly application: string;
  /** As it was given. */
  readonly document: string;
  /** Its profiles as they were read, as JSON. */
  readonly profiles: string;
  /** The device that a deployment names. */
  readonly target: string | null;
  /** Of the devices that must be able to host it; empty for all. */
  readonly selector: string;
  readonly createdAt: number;
  readonly createdBy: string;
}

/** What the list may be sorted by; the first is meant when nothing is said. */
export const requirementSorts = ['name', 'createdAt'] as const;
export type RequirementSort = (typeof requirementSorts)[number];

export interface RequirementStore {
  /** The same again changes nothing; the same name for something else is a conflict. */
  add(o: {
    name: string;
    application: Application;
    document: string;
    selector: string;
    actor: string;
    now: number;
  }): Promise<'added' | 'unchanged' | 'conflict' | 'too-many'>;
  get(name: string): Promise<RequiredWorkload | null>;
  list(o: PageRequest<RequirementSort>): Promise<Page<RequiredWorkload>>;
  /** Its alerts go with it. */
  remove(name: string, actor: string, now: number): Promise<boolean>;
}
