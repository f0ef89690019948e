/** What the WFM keeps about what the fleet offers: labels, revisions, reservations, alerts, and what placement reads. */
import type { Requirement } from '@muster/protocol';
import type { DeviceRecord } from './devices.ts';
import type { Page, PageRequest } from './paging.ts';

/** In the order of their weight: an operator's word stands above a rule's, and that above the device's own. */
export const labelSources = ['operator', 'rule', 'device'] as const;
type LabelSource = (typeof labelSources)[number];

/** One label as it was set; `deviceId` is empty where it sits on the client and holds for all its devices. */
export interface LabelRecord {
  readonly clientId: string;
  readonly deviceId: string;
  readonly key: string;
  readonly value: string;
  readonly source: LabelSource;
  readonly setBy: string;
  readonly setAt: number;
}

export interface LabelStore {
  /**
   * Sets and removes (null) labels of one source on a client or on one device, in one transaction with its audit entry.
   * @returns `too-many` when there would be more than may be at one place, and nothing was changed
   * @param o.deviceId null for the client itself: its labels hold for all its devices, those that come later too
   */
  set(o: {
    clientId: string;
    deviceId: string | null;
    labels: Readonly<Record<string, string | null>>;
    source: LabelSource;
    actor: string;
    now: number;
  }): Promise<'changed' | 'unchanged' | 'not-found' | 'too-many'>;
  list(clientId: string, deviceId: string | null): Promise<LabelRecord[]>;
}

export interface RevisionRecord {
  readonly revision: number;
  readonly at: number;
  readonly profile: string;
  readonly digest: string;
  readonly document: Uint8Array;
  /** What changed against the revision before; empty for the first. */
  readonly change: readonly string[];
}

export interface ReservationRow {
  readonly reservationId: string;
  readonly clientId: string;
  readonly deviceId: string;
  readonly application: string;
  /** As JSON. */
  readonly requirement: string;
  readonly cpuGroup: number | null;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number | null;
}

/** What the list may be sorted by; the first is meant when nothing is said. */
export const reservationSorts = ['createdAt'] as const;
export type ReservationSort = (typeof reservationSorts)[number];

export interface ReservationStore {
  /**
   * Takes the capacity of one copy, if it is free at this very moment. One transaction: never more than there is. The same
   * reservation again is `unchanged`; its id with something else is a `conflict`.
   */
  reserve(o: {
    reservationId: string;
    clientId: string;
    deviceId: string;
    application: string;
    requirement: Requirement;
    actor: string;
    now: number;
    expiresAt: number | null;
  }): Promise<
    | { result: 'reserved' | 'unchanged' | 'conflict'; reservation: ReservationRow }
    | { result: 'not-found' }
    /** `unmet`: what is needed against what is offered, line by line. */
    | { result: 'no-room'; unmet: readonly string[] }
  >;
  release(reservationId: string, actor: string, now: number): Promise<boolean>;
  list(
    o: PageRequest<ReservationSort> & {
      now: number;
      clientId?: string | undefined;
      application?: string | undefined;
    },
  ): Promise<Page<ReservationRow>>;
  active(now: number): Promise<ReservationRow[]>;
  ofDevice(clientId: string, deviceId: string, now: number): Promise<ReservationRow[]>;
  sweep(now: number): Promise<number>;
}

/** What the list may be sorted by; the first is meant when nothing is said. */
export const alertSorts = ['since'] as const;
export type AlertSort = (typeof alertSorts)[number];

/** A reserved or required workload that needs what its device no longer offers; one of the two is given. */
export interface DriftAlert {
  readonly alertId: string;
  readonly reservationId: string | null;
  /** The name of the requirement. */
  readonly requirement: string | null;
  readonly clientId: string;
  readonly deviceId: string;
  readonly application: string;
  readonly lost: readonly string[];
  readonly since: number;
}

/** One device as the engine sees it. */
export interface FleetRow {
  readonly clientId: string;
  readonly deviceId: string;
  readonly offerId: number;
  readonly labelSetId: number;
}

export interface FleetGroup {
  readonly labelSetId: number;
  readonly offerId: number;
  readonly devices: number;
}

export type DeviceSort = 'created' | 'id' | 'seen' | 'changed';
export type RowKey = readonly [clientId: string, deviceId: string];

/** One device with its report. */
type FleetRecord = DeviceRecord & Pick<FleetRow, 'offerId' | 'labelSetId'>;

/** What placement and search read. Every call is short: callers let others in between. */
export interface FleetStore {
  /** Distinct offers above an id, in order of it; they never change. */
  offersAfter(offerId: number, limit: number): Promise<{ id: number; digest: string; json: string }[]>;
  offersAmong(ids: readonly number[]): Promise<{ id: number; digest: string; json: string }[]>;
  labelSetsAfter(labelSetId: number, limit: number): Promise<{ id: number; json: string }[]>;
  labelSetsAmong(ids: readonly number[]): Promise<{ id: number; json: string }[]>;
  offerCounts(after: number, limit: number): Promise<{ id: number; devices: number }[]>;
  /** Of the devices with these label sets. */
  offerCountsOf(labelSetIds: readonly number[]): Promise<{ id: number; devices: number }[]>;
  labelSetCountsAfter(after: number, limit: number): Promise<{ id: number; devices: number }[]>;
  labelSetCounts(ids: readonly number[]): Promise<{ id: number; devices: number }[]>;
  groups(after: readonly [number, number], limit: number): Promise<FleetGroup[]>;
  groupsOf(labelSetIds: readonly number[]): Promise<FleetGroup[]>;
  rowsOfOffer(offerId: number, after: RowKey, limit: number): Promise<FleetRow[]>;
  /** @param labelSetIds null for all */
  rowsOfOffers(offerIds: readonly number[], labelSetIds: readonly number[] | null): Promise<FleetRow[]>;
  rowsOfLabels(labelSetIds: readonly number[]): Promise<FleetRow[]>;
  rowsOfClients(clientIds: readonly string[]): Promise<FleetRow[]>;
  rows(after: RowKey, limit: number): Promise<FleetRow[]>;
  row(clientId: string, deviceId: string): Promise<FleetRow | null>;
  records(keys: readonly RowKey[]): Promise<FleetRecord[]>;
  sorted(o: {
    sort: DeviceSort;
    descending: boolean;
    limit: number;
    after: readonly [string | number, string, string] | undefined;
    clientId?: string | undefined;
  }): Promise<FleetRecord[]>;
  clientsNotActive(): Promise<Map<string, string>>;
  clientState(clientId: string): Promise<string | null>;
  /** How many devices were seen last in each of several spans of time; `to` is null for no end. */
  countSeen(spans: readonly { from: number; to: number | null }[]): Promise<number[]>;
  countDevices(): Promise<number>;
  revisions(clientId: string, deviceId: string): Promise<RevisionRecord[]>;
  alerts(o: PageRequest<AlertSort> & { clientId?: string | undefined }): Promise<Page<DriftAlert>>;
}
