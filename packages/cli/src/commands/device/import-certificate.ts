import { json, safe, tick } from '../../ui.ts';
import { deviceCommand, type DeviceOptions } from './options.ts';

export const importCertificate = deviceCommand<DeviceOptions>(
  'import-certificate',
  'take the certificate that a CA has issued for the key of this device',
  (c) => c.argument('<file>', 'the certificate, then its issuers (PEM or DER)'),
  async ([file = ''], o) => {
    const device = await import('@muster/device');
    const taken = await device.installCertificate({ stateDirectory: o.state, file });
    if (o.json === true) json(taken);
    else
      tick(
        'certificate taken',
        `${safe(taken.subject)} by ${safe(taken.issuer)}, until ${taken.notAfter.slice(0, 10)}`,
      );
  },
);
