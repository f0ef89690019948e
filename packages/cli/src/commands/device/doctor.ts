import { exitCodes } from '../../exit-codes.ts';
import { json, say, tellChecks } from '../../ui.ts';
import { deviceCommand, type DeviceOptions, withCapabilities } from './options.ts';
import { stopSignal } from './support.ts';

export const doctor = deviceCommand<DeviceOptions & { bundle?: string; capabilities?: string }>(
  'doctor',
  'examine this device and its way to the WFM; changes nothing',
  (c) =>
    withCapabilities(c).option(
      '--bundle <file>',
      'write what was found to a file for a ticket, without secrets',
    ),
  async (_args, o) => {
    const device = await (await import('@muster/device')).loadDoctor();
    const diagnosis = await device.doctor({
      stateDirectory: o.state,
      capabilitiesFile: o.capabilities,
      signal: stopSignal(),
    });
    if (o.bundle !== undefined) await device.writeBundle(o.bundle, o.state, diagnosis);
    if (diagnosis.result === 'fail') process.exitCode = exitCodes.other;
    if (o.json === true) return json(diagnosis);
    tellChecks(diagnosis.checks);
    if (o.bundle !== undefined) say(`\nWritten to ${o.bundle}.`);
  },
);
