/** Every setting of the WFM in one table: flags, environment, file, help and docs derive from it. */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import { type AdmissionSettings, admissionSettings } from './admission.ts';
import { checkOidc, type OidcSettings, oidcSettings } from './oidc.ts';
import { checkServer, type ServerSettings, serverSettings } from './server.ts';
import { convert, type Row, SettingsError } from './setting.ts';
import { checkTls, type TlsSettings, tlsSettings } from './tls.ts';
import { checkWebhooks, type WebhookSettings, webhookSettings } from './webhooks.ts';

export interface WfmSettings
  extends ServerSettings,
    TlsSettings,
    AdmissionSettings,
    OidcSettings,
    WebhookSettings {}

export interface Setting extends Row<keyof WfmSettings> {
  readonly env: string;
}

const rows: ReadonlyArray<Row<keyof WfmSettings>> = [
  ...serverSettings,
  ...tlsSettings,
  ...admissionSettings,
  ...oidcSettings,
  ...webhookSettings,
];

export const settingsTable: readonly Setting[] = rows.map((row) => ({
  ...row,
  env: `MUSTER_${row.flag.replaceAll('-', '_').toUpperCase()}`,
}));

/** Far more than all settings need. */
const longestFile = 1_048_576;

/** What a settings file says, by flag or name. @throws SettingsError that names the file or the setting */
function readSettingsFile(path: string): Record<string, unknown> {
  let document: unknown;
  try {
    const { size } = statSync(path);
    if (size > longestFile)
      throw new SettingsError('config', `${path} has ${size} bytes`, 'a YAML file of at most 1 MiB');
    // Loaded here: most starts have no such file, and every look at the help would wait for it.
    const { parse } = createRequire(import.meta.url)('yaml') as typeof Yaml;
    document = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    // Of a message of several lines the others draw the place.
    const why = (error instanceof Error ? error.message : String(error)).split('\n')[0];
    throw new SettingsError('config', `${path}: ${why}`, 'a YAML file that can be read');
  }
  if (document === null) return {};
  if (typeof document !== 'object' || Array.isArray(document))
    throw new SettingsError(
      'config',
      `no mapping in ${path}`,
      'a YAML file of lines such as "admission: hold"',
    );
  const unknown = Object.keys(document).find(
    (key) => !settingsTable.some((s) => s.flag === key || s.name === key),
  );
  if (unknown !== undefined)
    throw new SettingsError(
      unknown,
      'an unknown setting in the file',
      `one of ${settingsTable.map((s) => s.flag).join(', ')}`,
    );
  return document as Record<string, unknown>;
}

/**
 * Gathers the settings: flags before environment before YAML file before defaults; checked, then frozen.
 * @param o.flags by setting name, as the command line gave them
 * @throws SettingsError
 */
export function loadSettings(o: {
  flags?: Readonly<Record<string, unknown>>;
  env?: NodeJS.ProcessEnv;
  file?: string | undefined;
}): WfmSettings {
  const file = o.file === undefined ? {} : readSettingsFile(o.file);
  const gathered: Record<string, unknown> = {};
  for (const setting of settingsTable) {
    const env = o.env?.[setting.env];
    const value =
      o.flags?.[setting.name] ?? (env === '' ? undefined : env) ?? file[setting.flag] ?? file[setting.name];
    gathered[setting.name] =
      value === undefined || value === null ? setting.fallback : convert(setting, value);
  }
  const settings = gathered as unknown as WfmSettings;
  checkServer(settings);
  checkTls(settings, settings.publicUrls);
  checkOidc(settings);
  checkWebhooks(settings);
  return Object.freeze(settings);
}
