/** The daemon's log: how much of it is wanted, and one line for each event. */
import type { DeviceEvent } from '@muster/device';
import { json, safe, say } from '../../ui.ts';
import { tellEvent } from './support.ts';

/** From little to much. */
export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

const stateLevels: Readonly<Record<string, LogLevel>> = {
  failed: 'error',
  untrusted: 'warn',
  unreachable: 'warn',
  refused: 'warn',
  blocked: 'warn',
  retired: 'warn',
};

/** How much an event matters to whoever reads the log of a daemon. */
export function levelOf(e: DeviceEvent): LogLevel {
  switch (e.event) {
    case 'state':
      return stateLevels[e.state] ?? 'info';
    case 'notice':
    case 'clock':
    case 'child-refused':
      return 'warn';
    // Each try: what it means is told once, as a state.
    case 'pending':
    case 'retry':
      return 'debug';
    default:
      return 'info';
  }
}

/** Writes an event that is wanted: JSON on stdout, or words on stderr. */
export function logEvent(e: DeviceEvent, wanted: LogLevel, asJson: boolean): void {
  if (logLevels.indexOf(levelOf(e)) > logLevels.indexOf(wanted)) return;
  if (asJson) return json(e);
  if (e.event !== 'state') return tellEvent(e);
  const because = e.detail === null ? '' : `: ${safe(e.detail)}`;
  say(`${e.since} ${e.state}${because}${e.nextStep === null ? '' : ` → ${safe(e.nextStep)}`}`);
}
