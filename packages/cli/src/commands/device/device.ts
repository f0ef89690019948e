import type { DeviceEvent, TrustSource } from '@muster/device';
import { Command, Option } from 'commander';
import { command, type Common } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';
import { json, safe, say, tick } from '../../ui.ts';

interface DeviceOptions extends Common {
  readonly state: string;
}

/** The device's state folder that commands use when none is given. */
export const defaultState = process.env['MUSTER_STATE'] ?? './.muster/device';

const withState = (c: Command): Command =>
  c.option('--state <dir>', 'folder for the key and the binding ($MUSTER_STATE)', defaultState);

/** Aborts when somebody wants this process to end. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort());
  return controller.signal;
}

/** Tells people how it goes. */
export function tellEvent(e: DeviceEvent): void {
  switch (e.event) {
    case 'trusted':
      return tick(
        'WFM trusted',
        `${e.wfm} by ${e.how}${e.caPin === null ? '' : `, CA ${e.caPin.slice(0, 23)}…`}`,
      );
    case 'key':
      return tick(
        e.created ? 'key made' : 'key loaded',
        `${e.keyType} in ${e.location}, sha256:${e.spkiSha256.slice(0, 16)}…`,
      );
    case 'words':
      return tick('pairing words', e.words.join(' '));
    case 'pending':
      return say(
        `… waits for an operator: muster clients approve ${e.fingerprint.slice(7, 23)} (asks again in ${Math.round(e.retryAfterSeconds)} s)`,
      );
    case 'onboarded':
      return tick('clientId', `${e.clientId}${e.created ? '' : ' (as before)'}`);
    case 'clock':
      return say(
        `! the clock of this device differs from the WFM's by ${e.offsetSeconds} s; signing with the WFM's time`,
      );
    case 'reported':
      return tick('capabilities sent', `${e.deviceId} as ${e.profile} (${e.status})`);
    case 'retry':
      return say(`… ${safe(e.reason)} Trying again in ${Math.round(e.afterSeconds)} s`);
    case 'joined':
      return undefined;
  }
}

interface JoinFlags extends DeviceOptions {
  readonly caFile?: string;
  readonly caPin?: string;
  readonly deviceId?: string;
  readonly keyType?: 'p256' | 'p384' | 'rsa2048' | 'rsa3072';
  readonly keyFile?: string;
  readonly certFile?: string;
  readonly capabilities?: string;
  readonly profile?: 'auto' | 'rc.1' | 'rc.2a' | 'rc.2b' | 'rc.2c';
  readonly timeout?: string;
}

function trustSource(target: string, o: JoinFlags): TrustSource {
  if (!target.includes('://')) return { joinString: target };
  if (o.caFile !== undefined && o.caPin !== undefined)
    throw new UsageError('A CA file and a CA pin were given.', 'Give one of them.');
  if (o.caFile !== undefined) return { url: target, caFile: o.caFile };
  if (o.caPin !== undefined) return { url: target, caPin: o.caPin };
  return { url: target };
}

const join = command<JoinFlags>(
  'join',
  'join a WFM',
  (c) =>
    withState(c)
      .argument('<target>', 'a join string, or the https URL of a WFM')
      .option('--ca-file <file>', 'root CA of the WFM (PEM or DER)')
      .option('--ca-pin <pin>', 'sha256:HEX of the root CA certificate (DER)')
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
      .addOption(
        new Option('--profile <profile>', 'wire profile').choices([
          'auto',
          'rc.1',
          'rc.2a',
          'rc.2b',
          'rc.2c',
        ]),
      )
      .option('--timeout <seconds>', 'give up waiting for approval after so many seconds'),
  async ([target = ''], o) => {
    const device = await import('@muster/device');
    const timeoutSeconds = o.timeout === undefined ? undefined : Number(o.timeout);
    if (timeoutSeconds !== undefined && !(timeoutSeconds >= 0))
      throw new UsageError('The time-out is no number of seconds.', 'Give --timeout 60, for example.');
    const joined = await device.join({
      stateDirectory: o.state,
      trust: trustSource(target, o),
      deviceId: o.deviceId,
      keyType: o.keyType,
      keyFile: o.keyFile,
      certFile: o.certFile,
      capabilitiesFile: o.capabilities,
      profile: o.profile,
      timeoutSeconds,
      signal: stopSignal(),
      onEvent: (e) => (o.json === true ? json(e) : tellEvent(e)),
    });
    if (o.json !== true) say(`\nJoined ${joined.wfm} as ${joined.clientId}.`);
  },
);

const report = command<DeviceOptions & { capabilities?: string }>(
  'report',
  'send the capabilities now',
  (c) => withState(c).option('--capabilities <file>', 'YAML file that overrides or caps what is reported'),
  async (_args, o) => {
    const device = await import('@muster/device');
    const result = await device.report({
      stateDirectory: o.state,
      capabilitiesFile: o.capabilities,
      signal: stopSignal(),
    });
    if (o.json === true) json(result);
    else tick('capabilities sent', `${result.deviceId} as ${result.profile} (${result.status})`);
  },
);

const status = command<DeviceOptions>(
  'status',
  'what this device knows of itself',
  withState,
  async (_args, o) => {
    const device = await import('@muster/device');
    const result = await device.status({ stateDirectory: o.state });
    if (o.json === true) json(result);
    else
      for (const [key, value] of Object.entries(result))
        process.stdout.write(`${key.padEnd(20)} ${value === null ? '–' : String(value)}\n`);
  },
);

const leave = command<DeviceOptions & { forgetKey?: boolean }>(
  'leave',
  'leave the WFM',
  (c) => withState(c).option('--forget-key', 'delete the key, too: the identity is gone for good'),
  async (_args, o) => {
    const device = await import('@muster/device');
    const result = await device.leave({
      stateDirectory: o.state,
      forgetKey: o.forgetKey,
      signal: stopSignal(),
    });
    if (o.json === true) json(result);
    else tick('left', result.clientId);
  },
);

export const device = new Command('device').description('this machine as a device');
for (const one of [join, status, report, leave]) device.addCommand(one);
