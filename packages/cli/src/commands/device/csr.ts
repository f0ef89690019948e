import { writeFile } from 'node:fs/promises';
import { Option } from 'commander';
import { command } from '../../command.ts';
import { json, tick } from '../../ui.ts';
import { type DeviceOptions, withState } from './support.ts';

interface CsrFlags extends DeviceOptions {
  readonly out?: string;
  readonly deviceId?: string;
  readonly key?: string;
  readonly keyType?: 'p256' | 'p384' | 'rsa2048' | 'rsa3072';
}

export const csr = command<CsrFlags>(
  'csr',
  'make a certificate request (PKCS#10) for the key of this device',
  (c) =>
    withState(c)
      .option('--out <file>', 'where to write it (default stdout)')
      .option(
        '--key <uri>',
        'key in a token, made there when there is none: pkcs11:token=…;object=…?module-path=…',
      )
      .option('--device-id <id>', 'id of this device, the common name')
      .addOption(
        new Option('--key-type <type>', 'kind of key to make').choices([
          'p256',
          'p384',
          'rsa2048',
          'rsa3072',
        ]),
      ),
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
