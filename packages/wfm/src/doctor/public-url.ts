/** What a device meets at a public URL: the address, TLS 1.3, the chain and name, the clock, the CA that is handed out. */
import { decodeCertificates } from '@muster/pki';
import { type Check, fail, isObject, pass, routes, warn } from '@muster/protocol';
import { askPublicly, type Met } from './ask.ts';

function servedPins(body: string): string[] {
  try {
    const value: unknown = JSON.parse(body);
    const text = isObject(value) ? value['certificate'] : undefined;
    return typeof text === 'string' ? decodeCertificates(text).map((c) => `sha256:${c.sha256}`) : [];
  } catch {
    return [];
  }
}

/**
 * Goes the way of a device to one public URL.
 * @param o.ca the root CA of this WFM in PEM; the system's when absent
 * @param o.pins the pins of the root CAs that the WFM means to hand out
 */
export async function publicUrlChecks(o: {
  url: string;
  ca: string | undefined;
  pins: readonly string[];
  now: number;
}): Promise<Check[]> {
  const name = `public URL ${o.url}`;
  let met: Met;
  try {
    met = await askPublicly(o.url + routes.certificate, { ca: o.ca });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const seen = error instanceof Error ? error.message.slice(0, 200) : String(error);
    const isTls = /^(?:ERR_TLS|ERR_SSL|CERT_|EPROTO)|SELF_SIGNED|UNABLE_TO/.test(code);
    const fix = isTls
      ? 'Check what stands in front, its TLS 1.3, its certificate and the names in it; give every name by --public-url.'
      : 'Check that the WFM runs, its --device-listen, name service, firewall and proxy.';
    return [fail(name, `${code} ${seen}`.trim(), fix)];
  }
  const checks = [pass(name, `${met.protocol ?? 'TLS'}, chain and name are good`)];
  if (o.pins.length > 0) {
    const served = servedPins(met.body);
    const isSame = served.length > 0 && served.every((pin) => o.pins.includes(pin));
    checks.push(
      isSame
        ? pass('CA handed out', served.map((pin) => pin.slice(0, 23)).join(', '))
        : fail(
            'CA handed out',
            `status ${met.status}, ${served.length === 0 ? 'no certificate' : 'another CA'}`,
            'Check that the URL leads to this WFM, and that its path goes through unchanged.',
          ),
    );
  }
  const skew = (Date.parse(met.date ?? '') - o.now) / 1000;
  checks.push(
    Number.isNaN(skew) || Math.abs(skew) > 60
      ? warn(
          'clock',
          `an answer is dated ${met.date ?? 'not at all'}`,
          'Check the clocks of both machines (NTP).',
        )
      : pass('clock', `within ${Math.ceil(Math.abs(skew))} s`),
  );
  return checks;
}
