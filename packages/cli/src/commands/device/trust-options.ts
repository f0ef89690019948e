/** Whom to trust: the options of the commands that meet a WFM. */
import type { TrustSource } from '@muster/device';
import type { Command } from 'commander';
import { UsageError } from '../../exit-codes.ts';
import { joinTarget, trustPackNamed } from './join-target.ts';
import type { DeviceOptions } from './options.ts';

export interface TrustOptions extends DeviceOptions {
  readonly trustPack?: string;
  readonly signer?: string;
  readonly qr?: string;
  readonly caFile?: string;
  readonly caPin?: string;
  readonly ticket?: string;
  readonly timeout?: string;
  /** False by --no-wait. */
  readonly wait?: boolean;
}

/** Adds the target and everything that says why it is trusted. */
export const withTrust = (c: Command): Command =>
  c
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
    .option('--ticket <ticket>', 'one-time ticket from the operator')
    .option('--timeout <seconds>', 'give up when nobody has decided after so many seconds')
    .option('--no-wait', 'ask once; run it again when somebody has decided');

function trustSource(target: string, o: TrustOptions): TrustSource {
  if (!target.includes('://'))
    return { joinString: target, ...(o.caFile === undefined ? {} : { alsoCaFile: o.caFile }) };
  if (o.caFile !== undefined && o.caPin !== undefined)
    throw new UsageError('A CA file and a CA pin were given.', 'Give one of them.');
  if (o.caFile !== undefined) return { url: target, caFile: o.caFile };
  if (o.caPin !== undefined) return { url: target, caPin: o.caPin };
  return { url: target };
}

/** Whom to trust, by what was given. @throws UsageError */
export async function trustOf(argument: string | undefined, o: TrustOptions): Promise<TrustSource> {
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

/** How long to wait for a decision. @returns seconds @throws UsageError */
export function timeoutOf(o: TrustOptions): number | undefined {
  if (o.wait === false) {
    if (o.timeout === undefined) return 0;
    throw new UsageError('--timeout and --no-wait were given.', 'Give one of them.');
  }
  const seconds = o.timeout === undefined || o.timeout.trim() === '' ? undefined : Number(o.timeout);
  if (o.timeout !== undefined && !(seconds !== undefined && seconds >= 0))
    throw new UsageError('The time-out is no number of seconds.', 'Give --timeout 60, for example.');
  return seconds;
}
