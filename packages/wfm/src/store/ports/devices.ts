/** Reported devices, as the device path writes them. */
import type { Claim } from './replay.ts';

/** One reported device of a client. */
export interface DeviceRecord {
  readonly clientId: string;
  readonly deviceId: string;
  readonly profile: string;
  /** The capability model as JSON text. */
  readonly model: string;
  /** The exact bytes as received. */
  readonly document: Uint8Array;
  readonly digest: string;
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastSeenAt: number;
}

export interface DeviceStore {
  get(clientId: string, deviceId: string): Promise<DeviceRecord | null>;
  /** `single` replaces the client's only device (rc.1); `keyed` needs the gateway of a child to be there. */
  upsert(o: {
    clientId: string;
    deviceId: string;
    profile: string;
    model: string;
    document: Uint8Array;
    digest: string;
    now: number;
    mode: 'single' | 'keyed';
    /** Claimed in the same transaction, whatever becomes of the report; null when that is done. */
    claim: Claim | null;
  }): Promise<'created' | 'updated' | 'unchanged' | 'replayed' | 'gateway-not-found' | 'client-not-found'>;
  /** Removes the device and all below it. @returns how many; 0 when there was none */
  remove(clientId: string, deviceId: string, now: number): Promise<number>;
}
