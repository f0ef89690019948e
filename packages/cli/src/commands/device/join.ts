import { Option } from 'commander';
import { json, say } from '../../ui.ts';
import {
  deviceCommand,
  type NewDeviceOptions,
  withNewDevice,
  withOffer,
  withOwnKey,
  withToken,
} from './options.ts';
import { stopSignal, tellEvent } from './support.ts';
import { timeoutOf, type TrustOptions, trustOf, withTrust } from './trust-options.ts';

interface JoinFlags extends NewDeviceOptions, TrustOptions {
  readonly key?: string;
  readonly keyFile?: string;
  readonly certFile?: string;
  readonly capabilities?: string;
  readonly inventory?: string;
  readonly profile?: 'auto' | 'rc.1' | 'rc.2a' | 'rc.2b' | 'rc.2c';
}

export const join = deviceCommand<JoinFlags>(
  'join',
  'join a WFM',
  (c) =>
    withOffer(withOwnKey(withNewDevice(withToken(withTrust(c))))).addOption(
      new Option('--profile <profile>', 'wire profile').choices(['auto', 'rc.1', 'rc.2a', 'rc.2b', 'rc.2c']),
    ),
  async ([argument], o) => {
    const trust = await trustOf(argument, o);
    const device = await import('@muster/device');
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
      timeoutSeconds: timeoutOf(o),
      signal: stopSignal(),
      onEvent: (e) => (o.json === true ? json(e) : tellEvent(e)),
    });
    if (o.json !== true) say(`\nJoined ${joined.wfm} as ${joined.clientId}.`);
  },
);
