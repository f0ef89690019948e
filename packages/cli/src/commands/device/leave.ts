import { command } from '../../command.ts';
import { json, tick } from '../../ui.ts';
import { type DeviceOptions, stopSignal, withState } from './support.ts';

export const leave = command<DeviceOptions & { forgetKey?: boolean }>(
  'leave',
  'leave the WFM',
  (c) => withState(c).option('--forget-key', 'delete the key, too: the identity is gone for good'),
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
