import type { TrustSource } from '@muster/device';
import { Option } from 'commander';
import { command } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';
import { json, say } from '../../ui.ts';
import { joinTarget, trustPackNamed } from './join-target.ts';
import { type DeviceOptions, stopSignal, tellEvent, withState } from './support.ts';

export interface JoinFlags extends DeviceOptions {
  readonly caFile?: string;
  readonly caPin?: string;
  readonly deviceId?: string;
  readonly key?: string;
  readonly keyType?: 'p256' | 'p384' | 'rsa2048' | 'rsa3072';
  readonly keyFile?: string;
  readonly certFile?: string;
  readonly capabilities?: string;
  readonly inventory?: string;
  readonly profile?: 'auto' | 'rc.1' | 'rc.2a' | 'rc.2b' | 'rc.2c';
  readonly ticket?: string;
  readonly timeout?: string;
  readonly qr?: string;
  readonly trustPack?: string;
  readonly signer?: string;
}

function trustSource(target: string, o: JoinFlags): TrustSource {
  if (!target.includes('://'))
    return { joinString: target, ...(o.caFile === undefined ? {} : { alsoCaFile: o.caFile }) };
  if (o.caFile !== undefined && o.caPin !== undefined)
    throw new UsageError('A CA file and a CA pin were given.', 'Give one of them.');
  if (o.caFile !== undefined) return { url: target, caFile: o.caFile };
  if (o.caPin !== undefined) return { url: target, caPin: o.caPin };
  return { url: target };
}

/** Whom to trust, by what was given. @throws UsageError */
export async function trustOf(argument: string | undefined, o: JoinFlags): Promise<TrustSource> {
  const pack = o.trustPack ?? (await trustPackNamed(argument));
  if (pack === undefined) {
    if (o.signer !== undefined)
      throw new UsageError('A signer is of a trust pack, and there is none.', 'Give --trust-pack FILE.');
    return trustSource(await joinTarget(argument, o.qr, process.env), o);
  }
  if (o.qr !== undefined || (argument !== undefined && argument !== pack))
    throw new UsageError('A trust pack and another target were given.', 'Give one of them.');
  return { trustPack: pack, caPin: o.caPin, signer: o.signer, alsoCaFile: o.caFile };
}

export const join = command<JoinFlags>(
  'join',
  'join a WFM',
  (c) =>
    withState(c)
      .argument(
        '[target]',
        'a join string, the https URL of a WFM, a trust pack, @FILE, or - for stdin ($MUSTER_JOIN_STRING)',
      )
      .option('--trust-pack <file>', 'a signed file that was carried here: muster wfm trust export')
      .option('--signer <fingerprint>', 'sha256:HEX of who must have signed the trust pack')
      .option('--qr <file>', 'a picture (PNG) of the join string as a QR code')
      .option(
        '--ca-file <file>',
        'root CA of the WFM (PEM or DER); with a join string, the CA of an inspecting proxy to trust as well',
      )
      .option('--ca-pin <pin>', 'sha256:HEX of the root CA certificate (DER)')
      .option(
        '--key <uri>',
        'key in a token, made there when there is none: pkcs11:token=…;object=…?module-path=…',
      )
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
      .option('--cert-file <file>', 'certificate of the own key')
      .option('--capabilities <file>', 'YAML file that overrides or caps what is reported')
      .option(
        '--inventory <path>',
        'what is behind this gateway: a YAML file, or a directory with a file per child',
      )
      .addOption(
        new Option('--profile <profile>', 'wire profile').choices([
          'auto',
          'rc.1',
          'rc.2a',
          'rc.2b',
          'rc.2c',
        ]),
      )
      .option('--ticket <ticket>', 'one-time ticket from the operator')
      .option('--timeout <seconds>', 'give up waiting for approval after so many seconds'),
  async ([argument], o) => {
    const trust = await trustOf(argument, o);
    const device = await import('@muster/device');
    const timeoutSeconds = o.timeout === undefined ? undefined : Number(o.timeout);
    if (timeoutSeconds !== undefined && !(timeoutSeconds >= 0))
      throw new UsageError('The time-out is no number of seconds.', 'Give --timeout 60, for example.');
    const joined = await device.join({
      stateDirectory: o.state,
      trust,
      deviceId: o.deviceId,
      key: o.key,
      keyType: o.keyType,
      keyFile: o.keyFile,
      certFile: o.certFile,
      capabilitiesFile: o.capabilities,
      inventory: o.inventory,
      profile: o.profile,
      ticket: o.ticket,
      timeoutSeconds,
      signal: stopSignal(),
      onEvent: (e) => (o.json === true ? json(e) : tellEvent(e)),
    });
    if (o.json !== true) say(`\nJoined ${joined.wfm} as ${joined.clientId}.`);
  },
);
