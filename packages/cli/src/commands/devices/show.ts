import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, jsonText } from '../../ui.ts';

export const show = operatorCommand(
  'show',
  'one device',
  (c) => c.argument('<clientId>').argument('<deviceId>'),
  async ({ api }, [clientId = '', deviceId = ''], options) => {
    const device = await answerOf(
      api.GET('/operator/v1/devices/{clientId}/{deviceId}', { params: { path: { clientId, deviceId } } }),
    );
    if (options.json === true) json(device);
    else process.stdout.write(`${jsonText(device, 2)}\n`);
  },
);
