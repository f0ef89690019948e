import { Option } from 'commander';
import { command } from '../../command.ts';
import { json, say, tick } from '../../ui.ts';
import { type DeviceOptions, withState } from './support.ts';

interface RequestFlags extends DeviceOptions {
  readonly out: string;
  readonly deviceId?: string;
  readonly keyType?: 'p256' | 'p384' | 'rsa2048' | 'rsa3072';
  readonly keyFile?: string;
  readonly certFile?: string;
}

export const request = command<RequestFlags>(
  'request',
  'make a signed request file that is carried to the WFM; needs no network',
  (c) =>
    withState(c)
      .requiredOption('--out <file>', 'where to write it')
      .option('--device-id <id>', 'id of this device')
      .addOption(
        new Option('--key-type <type>', 'kind of key to make').choices([
          'p256',
          'p384',
          'rsa2048',
          'rsa3072',
        ]),
      )
      .option('--key-file <file>', 'own private key (PKCS#8 PEM, mode 600)')
      .option('--cert-file <file>', 'certificate of the own key'),
  async (_args, o) => {
    const device = await import('@muster/device');
    const { writeFileAtomic } = await import('@muster/pki');
    const { file, ...made } = await device.requestAdmission({
      stateDirectory: o.state,
      deviceId: o.deviceId,
      keyType: o.keyType,
      keyFile: o.keyFile,
      certFile: o.certFile,
    });
    await writeFileAtomic(o.out, `${JSON.stringify(file, null, 2)}\n`, 0o644);
    if (o.json === true) {
      json({ written: o.out, ...made });
      return;
    }
    tick('request', `${o.out} of ${made.deviceId}`);
    tick('key', made.keyFingerprint);
    tick('words of the key', made.words.join(' '));
    say(`On the WFM: muster preauthorize ${o.out} --answer answer.json`);
    say('Then, back here: muster device join answer.json');
  },
);
