import { operatorCommand } from '../../command.ts';
import { json } from '../../ui.ts';
import { devicePath } from './support.ts';

export const show = operatorCommand(
  'show',
  'one device',
  (c) => c.argument('<clientId>').argument('<deviceId>'),
  async (client, [clientId = '', deviceId = ''], options) => {
    const device = await client.call('GET', `/devices/${devicePath(clientId, deviceId)}`);
    if (options.json === true) json(device);
    else process.stdout.write(`${JSON.stringify(device, null, 2)}\n`);
  },
);
