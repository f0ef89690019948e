import { json, safe, say, tick } from '../../ui.ts';
import {
  deviceCommand,
  type NewDeviceOptions,
  withCapabilities,
  withNewDevice,
  withOwnKey,
} from './options.ts';

interface RequestFlags extends NewDeviceOptions {
  readonly out: string;
  readonly capabilities?: string;
  readonly keyFile?: string;
  readonly certFile?: string;
}

export const request = deviceCommand<RequestFlags>(
  'request',
  'make a signed request file that is carried to the WFM; needs no network',
  (c) => withCapabilities(withOwnKey(withNewDevice(c))).requiredOption('--out <file>', 'where to write it'),
  async (_args, o) => {
    const device = await import('@muster/device');
    const { writeFileAtomic } = await import('@muster/pki');
    const { file, ...made } = await device.requestAdmission({
      stateDirectory: o.state,
      deviceId: o.deviceId,
      keyType: o.keyType,
      keyFile: o.keyFile,
      certFile: o.certFile,
      capabilitiesFile: o.capabilities,
    });
    await writeFileAtomic(o.out, `${JSON.stringify(file, null, 2)}\n`, 0o644);
    if (o.json === true) {
      json({ written: o.out, ...made });
      return;
    }
    tick('request', `${o.out} of ${made.deviceId}, ${safe(`${made.vendor} ${made.modelNumber}`)}`);
    tick('key', made.keyFingerprint);
    tick('words of the key', made.words.join(' '));
    say(`On the WFM: muster preauthorize ${o.out} --answer answer.json`);
    say('Then, back here: muster device join answer.json');
  },
);
