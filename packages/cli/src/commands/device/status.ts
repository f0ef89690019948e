import { json, safe } from '../../ui.ts';
import { deviceCommand, type DeviceOptions } from './options.ts';

export const status = deviceCommand<DeviceOptions>(
  'status',
  'what this device knows of itself',
  (c) => c,
  async (_args, o) => {
    const device = await import('@muster/device');
    const result = await device.status({ stateDirectory: o.state });
    if (o.json === true) json(result);
    else {
      const { children, ...own } = result;
      for (const [key, value] of Object.entries(own))
        process.stdout.write(
          `${key.padEnd(20)} ${value === null ? '–' : typeof value === 'object' ? JSON.stringify(value) : String(value)}\n`,
        );
      for (const { deviceId, source, state, seen } of children)
        process.stdout.write(
          `${'child'.padEnd(20)} ${deviceId ?? source} ${state}${seen === null ? '' : `: ${safe(seen)}`}\n`,
        );
    }
  },
);
