/** What a device says of itself, taken in: read, checked, and on disk. */
import { hash } from 'node:crypto';
import {
  capabilitiesToJson,
  parseCapabilities,
  type ParsedCapabilities,
  parseDeviceId,
  parseJson,
  ProtocolError,
} from '@muster/protocol';
import type { Claim, DeviceStore } from '../store/ports.ts';

export interface TakenReport {
  /** As the store says it; `gateway-not-found` also for a wrong document behind a missing gateway. */
  readonly result: Awaited<ReturnType<DeviceStore['upsert']>>;
  readonly deviceId: string;
  /** What was accepted although it is not written as the standard has it. */
  readonly warnings: readonly string[];
}

function read(value: unknown, deviceId: string | undefined): ParsedCapabilities {
  if (deviceId === undefined) return parseCapabilities(value, { route: 'client' });
  return parseCapabilities(value, { route: 'device', deviceId });
}

/**
 * Takes a report of a client whose signature was true.
 * @param o.deviceId the one that the path names; undefined where the client has one device, which this report replaces
 * @param o.claim hands out the claim of the request when the report is about to be stored; see {@link Claim}
 * @param o.now milliseconds since 1970
 * @throws ProtocolError for a document that is wrong
 */
export async function takeReport(
  devices: Pick<DeviceStore, 'get' | 'upsert'>,
  o: {
    clientId: string;
    deviceId: string | undefined;
    body: Uint8Array;
    claim: () => Claim | null;
    now: number;
  },
): Promise<TakenReport> {
  const { clientId, deviceId: named, body, claim, now } = o;
  const value = parseJson(body);
  // What is no id has no gateway that could be reported before it.
  if (named !== undefined) parseDeviceId(named);
  try {
    const { capabilities, profile, warnings } = read(value, named);
    const { deviceId } = capabilities;
    const result = await devices.upsert({
      clientId,
      deviceId,
      profile,
      model: JSON.stringify(capabilitiesToJson(capabilities)),
      document: body,
      digest: hash('sha256', body, 'hex'),
      now,
      mode: named === undefined ? 'single' : 'keyed',
      claim: claim(),
    });
    return { result, deviceId, warnings };
  } catch (error) {
    // What has to come first is said first: the gateway, before anything about the device behind it.
    const isBehind = error instanceof ProtocolError && named?.includes('/') === true;
    if (isBehind && (await devices.get(clientId, named.split('/')[0] ?? '')) === null)
      return { result: 'gateway-not-found', deviceId: named, warnings: [] };
    throw error;
  }
}
