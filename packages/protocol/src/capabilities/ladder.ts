/** In which shape a WFM takes capabilities can only be tried: nothing announces it. */
import type { WireProfile } from './model.ts';

/** A shape, and how it is sent. */
export interface Rung {
  readonly profile: WireProfile;
  readonly method: 'PUT' | 'POST';
  readonly clientIdAsDeviceId: boolean;
}

/** From the newest shape to the oldest. */
export const capabilityRungs: readonly Rung[] = [
  { profile: 'rc.2c', method: 'PUT', clientIdAsDeviceId: false },
  { profile: 'rc.2b', method: 'PUT', clientIdAsDeviceId: false },
  { profile: 'rc.2b', method: 'POST', clientIdAsDeviceId: false },
  { profile: 'rc.2a', method: 'PUT', clientIdAsDeviceId: false },
  { profile: 'rc.2a', method: 'POST', clientIdAsDeviceId: false },
  { profile: 'rc.1', method: 'PUT', clientIdAsDeviceId: false },
  { profile: 'rc.1', method: 'POST', clientIdAsDeviceId: false },
  // One deployed server wants its own clientId for the device's id.
  { profile: 'rc.1', method: 'POST', clientIdAsDeviceId: true },
];

const aboutShape = new Set([400, 404, 405, 415, 422, 501]);

/** Whether another shape may do better after an answer with this status. */
export function isAboutShape(status: number): boolean {
  return aboutShape.has(status);
}
