import { type Common, operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';
import { readApplication } from '../document-files.ts';

export const make = operatorCommand<Common & { seconds?: string; profile?: string }>(
  'make',
  'commit the capacity of one copy of an application on a device',
  (c) =>
    c
      .argument('<file>')
      .argument('<clientId>')
      .argument('<deviceId>')
      .option('--profile <id>', 'deployment profile (default: the first)')
      .option('--seconds <n>', 'how long it holds (default: until released)'),
  async (client, [file = '', clientId = '', deviceId = ''], options) => {
    const made = await client.call('POST', '/reservations', {
      application: (await readApplication(file)).text,
      clientId,
      deviceId,
      ...(options.profile === undefined ? {} : { profile: options.profile }),
      ...(options.seconds === undefined ? {} : { seconds: Number(options.seconds) }),
    });
    if (options.json === true) json(made);
    else tick('reserved', String(made['reservationId']));
  },
);
