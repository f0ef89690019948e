import { Option } from 'commander';
import { command } from '../../command.ts';
import { json, say, tick } from '../../ui.ts';
import { type DeviceOptions, stopSignal, withState } from './support.ts';

interface Flags extends DeviceOptions {
  readonly sameKey?: boolean;
  readonly keyType?: 'p256' | 'p384' | 'rsa2048' | 'rsa3072';
}

export const rotate = command<Flags>(
  'rotate',
  'change the key, or renew its certificate; the clientId stays',
  (c) =>
    withState(c)
      .option('--same-key', 'keep the key and renew its certificate only')
      .addOption(
        new Option('--key-type <type>', 'kind of the new key').choices([
          'p256',
          'p384',
          'rsa2048',
          'rsa3072',
        ]),
      ),
  async (_args, o) => {
    const device = await import('@muster/device');
    const { sameKey, keyType } = o;
    const result = await device.rotate({ stateDirectory: o.state, sameKey, keyType, signal: stopSignal() });
    if (o.json === true) {
      json(result);
      return;
    }
    tick('clientId', `${result.clientId} (as before)`);
    tick(sameKey === true ? 'certificate renewed' : 'key changed', result.after);
    say(`The certificate is valid until ${result.notAfter}.`);
  },
);
