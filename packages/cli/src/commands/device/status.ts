import { command } from '../../command.ts';
import { json } from '../../ui.ts';
import { type DeviceOptions, withState } from './support.ts';

export const status = command<DeviceOptions>(
  'status',
  'what this device knows of itself',
  withState,
  async (_args, o) => {
    const device = await import('@muster/device');
    const result = await device.status({ stateDirectory: o.state });
    if (o.json === true) json(result);
    else
      for (const [key, value] of Object.entries(result))
        process.stdout.write(
          `${key.padEnd(20)} ${value === null ? '–' : typeof value === 'object' ? JSON.stringify(value) : String(value)}\n`,
        );
  },
);
