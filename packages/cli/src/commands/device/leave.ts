import { json, say, tick } from '../../ui.ts';
import { deviceCommand, type DeviceOptions } from './options.ts';
import { stopSignal } from './support.ts';

export const leave = deviceCommand<DeviceOptions & { forgetKey?: boolean }>(
  'leave',
  'leave the WFM; while the device waits to be let in, take its request back',
  (c) => c.option('--forget-key', 'delete the key, too: the identity is gone for good'),
  async (_args, o) => {
    const device = await import('@muster/device');
    const result = await device.leave({
      stateDirectory: o.state,
      forgetKey: o.forgetKey,
      signal: stopSignal(),
    });
    if (o.json === true) {
      json(result);
      return;
    }
    if (result.clientId !== null) tick('left', result.clientId);
    for (const { wfm, takenBack } of result.requests)
      if (takenBack) tick('request taken back', wfm);
      else say(`! ${wfm} cannot take a request back; let its operator delete it.`);
  },
);
