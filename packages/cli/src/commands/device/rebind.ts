import { command } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';
import { json, say } from '../../ui.ts';
import { type JoinFlags, trustOf } from './join.ts';
import { stopSignal, tellEvent, withState } from './support.ts';

export const rebind = command<JoinFlags & { readonly forgetOld?: boolean }>(
  'rebind',
  'move to another WFM with the same key; the present one stays in force until the other has let this device in',
  (c) =>
    withState(c)
      .argument('[target]', 'as for join')
      .option('--trust-pack <file>', 'a signed file that was carried here')
      .option('--signer <fingerprint>', 'sha256:HEX of who must have signed the trust pack')
      .option('--qr <file>', 'a picture (PNG) of the join string as a QR code')
      .option('--ca-file <file>', 'root CA of the WFM (PEM or DER)')
      .option('--ca-pin <pin>', 'sha256:HEX of the root CA certificate (DER)')
      .option('--capabilities <file>', 'YAML file that overrides or caps what is reported')
      .option('--ticket <ticket>', 'one-time ticket from the operator')
      .option(
        '--timeout <seconds>',
        'stay with the present WFM when nobody has decided after so many seconds',
      )
      .option('--forget-old', 'forget the present binding instead of keeping it for the way back'),
  async ([argument], o) => {
    const trust = await trustOf(argument, o);
    const device = await import('@muster/device');
    const timeoutSeconds = o.timeout === undefined ? undefined : Number(o.timeout);
    if (timeoutSeconds !== undefined && !(timeoutSeconds >= 0))
      throw new UsageError('The time-out is no number of seconds.', 'Give --timeout 60, for example.');
    const result = await device.rebind({
      stateDirectory: o.state,
      trust,
      capabilitiesFile: o.capabilities,
      ticket: o.ticket,
      forgetOld: o.forgetOld,
      timeoutSeconds,
      signal: stopSignal(),
      onEvent: (e) => (o.json === true ? json(e) : tellEvent(e)),
    });
    if (o.json === true) return json({ event: 'moved', ...result });
    if (result.oldNotTold !== null) say(`! ${result.from} could not be told: ${result.oldNotTold}`);
    say(`\nMoved to ${result.wfm} as ${result.clientId}.`);
  },
);
