import { json, tick } from '../../ui.ts';
import { deviceCommand, type DeviceOptions } from './options.ts';
import { stopSignal } from './support.ts';

export const leave = deviceCommand<DeviceOptions & { forgetKey?: boolean }>(
  'leave',
  'leave the WFM',
  (c) => c.option('--forget-key', 'delete the key, too: the identity is gone for good'),
  async (_args, o) => {
    const device = await import('@muster/device');
    const result = await device.leave({
      stateDirectory: o.state,
      forgetKey: o.forgetKey,
      signal: stopSignal(),
    });
    if (o.json === true) json(result);
    else tick('left', result.clientId);
  },
);
