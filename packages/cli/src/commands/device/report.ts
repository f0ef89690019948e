import { command } from '../../command.ts';
import { json, tick } from '../../ui.ts';
import { type DeviceOptions, stopSignal, tellChild, withState } from './support.ts';

export const report = command<DeviceOptions & { capabilities?: string; inventory?: string }>(
  'report',
  'send the capabilities now',
  (c) =>
    withState(c)
      .option('--capabilities <file>', 'YAML file that overrides or caps what is reported')
      .option(
        '--inventory <path>',
        'what is behind this gateway: a YAML file, or a directory with a file per child',
      ),
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
