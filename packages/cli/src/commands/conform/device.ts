import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkClient, type Ready, type SceneName, sceneNames, type Waiting } from '@muster/conformance';
import { Option } from 'commander';
import { command, type Common } from '../../command.ts';
import { exitCodes, UsageError } from '../../exit-codes.ts';
import { wholeNumber } from '../../numbers.ts';
import { json, safe, say, tick } from '../../ui.ts';
import { stopSignal } from '../device/support.ts';
import { tellOutcome, tellSummary } from './tell.ts';

interface DeviceFlags extends Common {
  readonly listen: string;
  readonly publicUrl?: string;
  readonly scenes?: ReadonlyArray<SceneName | 'none'>;
  readonly wait: string;
}

/** Splits HOST:PORT. @throws UsageError */
function listenOf(text: string): { host: string; port: number } {
  const [, host = '', digits = ''] = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s/]+):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (host === '' || port > 65_535)
    throw new UsageError(
      `--listen ${safe(text.slice(0, 80))} is no HOST:PORT.`,
      'Give --listen 0.0.0.0:8443, for example.',
    );
  return { host: host.replace(/^\[|\]$/g, ''), port };
}

/** @throws UsageError */
function publicUrlOf(text: string | undefined, host: string): string | undefined {
  if (text === undefined) {
    // The certificate is for the name that the client uses, and nobody uses that of every interface.
    if (host === '0.0.0.0' || host === '::')
      throw new UsageError(
        `Nobody can reach ${host}.`,
        'Say how the client reaches this machine: --public-url https://name:8443',
      );
    return undefined;
  }
  if (!URL.canParse(text) || new URL(text).protocol !== 'https:')
    throw new UsageError(
      `--public-url ${safe(text.slice(0, 200))} is no https URL.`,
      'Give the URL that the client uses.',
    );
  return text;
}

function tellReady({ url, joinString, caPin }: Ready, caFile: string): void {
  tick('waits for a client at', url);
  tick('root CA', `${caPin} (in ${caFile})`);
  say(`\nA Muster client joins with:\n  muster device join ${joinString}`);
  say(`\nAny other is given the URL, and the file or the fingerprint of the root CA.\n`);
}

function tellWaiting({ scene, for: what, nextStep, seconds }: Waiting): void {
  say(`… ${scene}: waits for ${what}, ${seconds} s at most. ${nextStep}`);
}

export const conformDevice = command<DeviceFlags>(
  'device',
  'check any Margo client from outside: a WFM for the time of the check, which the client joins',
  (c) =>
    c
      .option('--listen <host:port>', 'where the client connects; port 0 is one that is free', '127.0.0.1:0')
      .option(
        '--public-url <url>',
        'https URL by which the client reaches this machine, with an optional path prefix',
      )
      .addOption(
        new Option('--scenes <name...>', 'which scenes are played; all by default').choices([
          ...sceneNames,
          'none',
        ]),
      )
      .option('--wait <seconds>', 'how long each scene waits for the client', '300'),
  async (_args, o) => {
    const listen = listenOf(o.listen);
    const publicUrl = publicUrlOf(o.publicUrl, listen.host);
    const waitSeconds = wholeNumber('wait', o.wait, 1, 86_400);
    const asJson = o.json === true;
    const wanted = (o.scenes ?? sceneNames).filter((name) => name !== 'none');
    const signal = stopSignal();
    const folder = await mkdtemp(join(tmpdir(), 'muster-conform-'));
    // The client may be another user of this machine, and a root CA is no secret.
    await chmod(folder, 0o755);
    const caFile = join(folder, 'ca.pem');
    try {
      const report = await checkClient({
        listen,
        publicUrl,
        scenes: new Set(wanted),
        waitSeconds,
        signal,
        onReady: async (ready) => {
          await writeFile(caFile, ready.ca);
          if (asJson) json({ ...ready, caFile });
          else tellReady(ready, caFile);
        },
        onWaiting: (waiting) => (asJson ? json(waiting) : tellWaiting(waiting)),
        onOutcome: (outcome) => tellOutcome(outcome, asJson),
      });
      tellSummary(report, report.ended, asJson);
      if (signal.aborted) {
        // What was not looked at because of that is no sign of conformance.
        process.exitCode ??= exitCodes.other;
        say('Stopped before the end.');
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
