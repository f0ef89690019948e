import { writeFile } from 'node:fs/promises';
import { json, tick } from '../../ui.ts';
import { deviceCommand, type NewDeviceOptions, withNewDevice, withToken } from './options.ts';

interface CsrFlags extends NewDeviceOptions {
  readonly out?: string;
  readonly key?: string;
}

export const csr = deviceCommand<CsrFlags>(
  'csr',
  'make a certificate request (PKCS#10) for the key of this device; its id is the common name',
  (c) => withNewDevice(withToken(c)).option('--out <file>', 'where to write it (default stdout)'),
  async (_args, o) => {
    const device = await import('@muster/device');
    const made = await device.requestCertificate({
      stateDirectory: o.state,
      deviceId: o.deviceId,
      key: o.key,
      keyType: o.keyType,
    });
    if (o.out !== undefined) await writeFile(o.out, made.csr);
    if (o.json === true) json(made);
    else if (o.out === undefined) process.stdout.write(made.csr);
    else tick('request written', `${o.out} for ${made.commonName}, key ${made.keyFingerprint.slice(0, 23)}…`);
  },
);
