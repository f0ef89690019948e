import { answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';
import { readApplication } from '../document-files.ts';
import { wholeNumber } from '../../numbers.ts';

export const make = operatorCommand<Common & { seconds?: string; profile?: string; id?: string }>(
  'make',
  'commit the capacity of one copy of an application on a device',
  (c) =>
    c
      .argument('<file>')
      .argument('<clientId>')
      .argument('<deviceId>')
      .option('--profile <id>', 'deployment profile (default: the first that the device has room for)')
      .option('--id <uuid>', 'chosen by you, so that the same call again makes no second one')
      .option('--seconds <n>', 'how long it holds (default: until released)'),
  async ({ api }, [file = '', clientId = '', deviceId = ''], options) => {
    const body = {
      application: (await readApplication(file)).text,
      clientId,
      deviceId,
      ...(options.profile === undefined ? {} : { profile: options.profile }),
      ...(options.seconds === undefined ? {} : { seconds: wholeNumber('seconds', options.seconds, 1) }),
      ...(options.id === undefined ? {} : { reservationId: options.id }),
    };
    const made = await answerOf(api.POST('/operator/v1/reservations', { body }));
    if (options.json === true) json(made);
    else tick('reserved', made.reservationId);
  },
);
