import { json, tick } from '../../ui.ts';
import { deviceCommand, type DeviceOptions, withOffer } from './options.ts';
import { stopSignal, tellChild } from './support.ts';

export const report = deviceCommand<DeviceOptions & { capabilities?: string; inventory?: string }>(
  'report',
  'send the capabilities now',
  (c) => withOffer(c),
  async (_args, o) => {
    const device = await import('@muster/device');
    const result = await device.report({
      stateDirectory: o.state,
      capabilitiesFile: o.capabilities,
      inventory: o.inventory,
      signal: stopSignal(),
    });
    if (o.json === true) json(result);
    else {
      tick('capabilities sent', `${result.deviceId} as ${result.profile} (${result.status})`);
      for (const child of result.children) tellChild(child);
    }
  },
);
