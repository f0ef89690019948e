import type { AgentStatus, DeviceStatus } from '@muster/device';
import { json, safe } from '../../ui.ts';
import { deviceCommand, type DeviceOptions } from './options.ts';

const line = (key: string, value: unknown): void =>
  void process.stdout.write(
    `${key.padEnd(20)} ${safe(value === null ? '–' : typeof value === 'object' ? JSON.stringify(value) : String(value))}\n`,
  );

/** The daemon's state machine: what it is in, why, what to do, and when it tries again. */
function tellDaemon(daemon: AgentStatus | null): void {
  if (daemon === null) return line('daemon', 'does not run');
  const { state, since, detail, nextStep, nextTryAt, failures } = daemon;
  line('daemon', `${state} since ${since}${failures > 0 ? `, ${failures} tries in a row have failed` : ''}`);
  if (detail !== null) line('  because', detail);
  if (nextStep !== null) line('  next step', nextStep);
  if (nextTryAt !== null) line('  next try', nextTryAt);
}

function tellKeyTrouble(trouble: NonNullable<DeviceStatus['keyTrouble']>): void {
  line('key', `${trouble.message}${trouble.seen === null ? '' : ` Seen: ${trouble.seen}`}`);
  line('  next step', trouble.nextStep);
}

export const status = deviceCommand<DeviceOptions>(
  'status',
  'what this device knows of itself',
  (c) => c,
  async (_args, o) => {
    const device = await import('@muster/device');
    const result = await device.status({ stateDirectory: o.state });
    if (o.json === true) return json(result);
    const { state, children, daemon, keyTrouble, ...own } = result;
    // What this folder is bound to; whether the WFM still takes it is for the daemon to say, below.
    line('binding', state);
    for (const [key, value] of Object.entries(own)) line(key, value);
    if (keyTrouble !== null) tellKeyTrouble(keyTrouble);
    tellDaemon(daemon);
    for (const { deviceId, source, state, seen } of children)
      line('child', `${deviceId ?? source} ${state}${seen === null ? '' : `: ${seen}`}`);
  },
);
