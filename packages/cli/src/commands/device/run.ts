import { Option } from 'commander';
import { UsageError } from '../../exit-codes.ts';
import { deviceCommand, type DeviceOptions, withOffer } from './options.ts';
import { type LogLevel, logEvent, logLevels } from './log.ts';
import { stopSignal } from './support.ts';

interface Flags extends DeviceOptions {
  readonly capabilities?: string;
  readonly inventory?: string;
  readonly poll: string;
  readonly heartbeat: string;
  readonly slowRetry: string;
  readonly downtime?: readonly string[];
  readonly pollWindow?: readonly string[];
  readonly spread: string;
  readonly acceptRebind: 'direct' | 'always' | 'never';
  readonly logLevel: LogLevel;
}

/** A year. What lies further away is no time that a date can name. */
const longest = 31_536_000;

function seconds(flag: string, text: string, least: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= least && value <= longest))
    throw new UsageError(`--${flag} ${text} cannot be used.`, `Give seconds from ${least} to ${longest}.`);
  return value;
}

export const run = deviceCommand<Flags>(
  'run',
  'keep this device onboarded and its capabilities known, until it is stopped',
  (c) =>
    withOffer(c)
      .option('--poll <seconds>', 'between looks at what this machine offers', '60')
      .option('--heartbeat <seconds>', 'between reports of the same capabilities', '21600')
      .option(
        '--slow-retry <seconds>',
        'between questions about a refusal that an operator has to lift',
        '3600',
      )
      .option('--downtime <window...>', 'silent then, such as "sat,sun 22:00-06:00 Europe/Berlin"')
      .option('--poll-window <window...>', 'look for work then only; always by default')
      .option('--spread <seconds>', 'spread of first requests after the machine was switched on', '30')
      .addOption(
        new Option(
          '--accept-rebind <when>',
          'follow the WFM to another one; direct: unless a proxy that inspects TLS is trusted',
        )
          .choices(['direct', 'always', 'never'])
          .default('direct'),
      )
      .addOption(
        new Option('--log-level <level>', 'how much is told: debug has each try, info each change')
          .choices(logLevels)
          .default('info'),
      ),
  async (_args, o) => {
    const device = await import('@muster/device');
    await device.runAgent({
      stateDirectory: o.state,
      capabilitiesFile: o.capabilities,
      inventory: o.inventory,
      pollSeconds: seconds('poll', o.poll, 5),
      heartbeatSeconds: seconds('heartbeat', o.heartbeat, 5),
      slowRetrySeconds: seconds('slow-retry', o.slowRetry, 5),
      acceptRebind: o.acceptRebind,
      spreadSeconds: seconds('spread', o.spread, 0),
      downtime: o.downtime?.map(device.parseWindow),
      pollWindows: o.pollWindow?.map(device.parseWindow),
      signal: stopSignal(),
      onEvent: (e) => logEvent(e, o.logLevel, o.json === true),
    });
  },
);
