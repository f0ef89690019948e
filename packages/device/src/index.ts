export { runAgent } from './agent/agent.ts';
export { askDaemon } from './agent/control.ts';
export type { AgentOptions } from './agent/options.ts';
export type { AgentStatus } from './agent/standing.ts';
export { discoverCapabilities } from './capabilities/discover.ts';
export { DeviceError, type DeviceErrorCode } from './errors.ts';
export type { DeviceEvent, OnEvent } from './events.ts';
export type { ChildStatus } from './gateway/reported.ts';
export { askForSecrets } from './key/passphrase.ts';
export { type DeviceStatus, status } from './status.ts';
export type { TrustSource } from './trust/establish.ts';
export { backOff, shareOfSpan } from './schedule/back-off.ts';
export type { Wait } from './schedule/wait.ts';
export { type DowntimeWindow, parseWindow } from './schedule/windows.ts';
export { join, type Joined, type JoinOptions } from './verbs/join.ts';
export { leave, type Left } from './verbs/leave.ts';
export {
  installCertificate,
  prepareIdentity,
  requestAdmission,
  requestCertificate,
} from './verbs/prepare.ts';
export { rebind, type RebindOptions, type Rebound } from './verbs/rebind.ts';
export { report } from './verbs/report.ts';
export { rotate } from './verbs/rotate.ts';

/** What examines a device; loaded when asked for, because a daemon never does. */
export const loadDoctor = (): Promise<typeof import('./doctor/doctor.ts')> => import('./doctor/doctor.ts');
