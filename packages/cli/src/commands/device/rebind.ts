import { json, say } from '../../ui.ts';
import { deviceCommand, withCapabilities } from './options.ts';
import { stopSignal, tellEvent } from './support.ts';
import { timeoutOf, type TrustOptions, trustOf, withTrust } from './trust-options.ts';

interface RebindFlags extends TrustOptions {
  readonly capabilities?: string;
  readonly forgetOld?: boolean;
}

export const rebind = deviceCommand<RebindFlags>(
  'rebind',
  'move to another WFM with the same key; the present one stays in force until the other has let this device in',
  (c) =>
    withCapabilities(withTrust(c)).option(
      '--forget-old',
      'forget the present binding instead of keeping it for the way back',
    ),
  async ([argument], o) => {
    const trust = await trustOf(argument, o);
    const device = await import('@muster/device');
    const result = await device.rebind({
      stateDirectory: o.state,
      trust,
      capabilitiesFile: o.capabilities,
      ticket: o.ticket,
      forgetOld: o.forgetOld,
      timeoutSeconds: timeoutOf(o),
      signal: stopSignal(),
      onEvent: (e) => (o.json === true ? json(e) : tellEvent(e)),
    });
    if (o.json === true) return json({ event: 'moved', ...result });
    if (result.oldNotTold !== null) say(`! ${result.from} could not be told: ${result.oldNotTold}`);
    say(`\nMoved to ${result.wfm} as ${result.clientId}.`);
  },
);
