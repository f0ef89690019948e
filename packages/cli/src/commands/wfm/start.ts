import { join } from 'node:path';
import { loadSettings, settingsTable, startWfm } from '@muster/wfm';
import { Option } from 'commander';
import { command, type Common } from '../../command.ts';
import { builtConsole } from '../../built-console.ts';
import { json, say, tick } from '../../ui.ts';

/** Resolves when somebody wants this process to end. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    // For good, not once: Ctrl-C reaches this process from the terminal and from its launcher, and the second must not cut
    // the orderly end short.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
}

export const wfmStart = command<Common & Record<string, unknown>>(
  'start',
  'run a Workload Fleet Manager',
  (c) => {
    for (const { flag, kind, help, env, fallback } of settingsTable) {
      const shown =
        fallback === null || (Array.isArray(fallback) && fallback.length === 0)
          ? ''
          : `, default ${String(fallback)}`;
      const option = new Option(
        `--${flag} <value${kind === 'list' ? '...' : ''}>`,
        `${help} ($${env}${shown})`,
      );
      c.addOption(Array.isArray(kind) ? option.choices(kind) : option);
    }
    return c.option('--config <file>', 'YAML file with settings, named as the flags');
  },
  async (_args, options) => {
    const flags: Record<string, unknown> = {};
    for (const { name, flag } of settingsTable) {
      const value = options[flag.replace(/-(.)/g, (_, c: string) => c.toUpperCase())];
      if (value !== undefined) flags[name] = value;
    }
    const file = typeof options['config'] === 'string' ? options['config'] : undefined;
    const loaded = loadSettings({ flags, env: process.env, file });
    const settings = { ...loaded, console: loaded.console ?? builtConsole() };
    const wfm = await startWfm(settings);
    const { writeFileAtomic } = await import('@muster/pki');
    await writeFileAtomic(join(settings.data, 'operator-url'), `${wfm.operatorUrl}\n`, 0o644);
    const { deviceUrl, operatorUrl, caPin, joinString, operatorTokenFile } = wfm;
    const consoleUrl = settings.console === null ? null : `${operatorUrl}/console/`;
    if (options.json === true)
      json({ event: 'ready', deviceUrl, operatorUrl, consoleUrl, caPin, joinString, operatorTokenFile });
    else {
      tick('devices connect to', deviceUrl);
      tick('operators connect to', `${operatorUrl}/operator/v1 (token in ${operatorTokenFile})`);
      if (consoleUrl !== null) tick('console', `${consoleUrl} (a link that signs in: muster console)`);
      tick('root CA', caPin === '' ? 'a public one' : caPin);
      say(`\nOn a device:\n  muster device join ${joinString}\n\nThen here:\n  muster clients list\n`);
    }
    await untilStopped();
    await wfm.close();
  },
);
