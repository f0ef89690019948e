import { json, say, tick } from '../../ui.ts';
import { deviceCommand, type KeyMakingOptions, withKeyMaking } from './options.ts';
import { stopSignal } from './support.ts';

interface Flags extends KeyMakingOptions {
  readonly sameKey?: boolean;
}

export const rotate = deviceCommand<Flags>(
  'rotate',
  'change the key, or renew its certificate; the clientId stays',
  (c) => withKeyMaking(c).option('--same-key', 'keep the key and renew its certificate only'),
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
