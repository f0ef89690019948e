/** What placement is asked, and what it answers. */
import type { Application, Capabilities } from '@muster/protocol';
import type { Population } from '../fleet/population.ts';
import type { FleetStore, ReservationStore } from '../store/ports/inventory.ts';
import type { Subject } from './constraints.ts';
import type { Ranked } from './ranking.ts';

/** A device that is not there yet. */
export interface Hypothetical {
  readonly capabilities: Capabilities;
  readonly labels: Readonly<Record<string, string>>;
}

export interface PlacementQuestion extends Population {
  readonly application: Application;
  /** Copies wanted. */
  readonly count: number;
  /** Candidates to list. */
  readonly limit: number;
  /** Devices that do not fit to list, nearest first. */
  readonly missLimit: number;
  /** One label, or `gateway`: take the best of each before the second best of any. */
  readonly spread?: string | undefined;
  readonly hypothetical?: readonly Hypothetical[] | undefined;
}

export interface Placed extends Ranked, Subject {}

export interface NearMiss {
  readonly constraint: string;
  readonly lacks: string;
  readonly perMille: number;
  readonly devices: number;
}

export interface PlacementAnswer {
  readonly devices: number;
  readonly fitting: number;
  readonly copies: number;
  readonly enough: boolean;
  readonly candidates: readonly Placed[];
  readonly notFitting: readonly Placed[];
  readonly nearestMisses: readonly NearMiss[];
}

/** The parts of the store that placement reads. */
export interface PlacementParts {
  readonly fleet: FleetStore;
  readonly reservations: ReservationStore;
}

export interface PlacementSource {
  together<T>(ask: (parts: PlacementParts) => Promise<T>): Promise<T>;
}
