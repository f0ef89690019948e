/** Every setting of the WFM in one table: flags, environment, file, help and docs derive from it. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { AdmissionMode } from '../admission/decide.ts';
import { parseRoleMapping } from '../oidc/roles.ts';

export interface WfmSettings {
  readonly data: string;
  readonly deviceListen: string;
  readonly operatorListen: string;
  readonly publicUrls: readonly string[];
  readonly admission: AdmissionMode;
  readonly database: string | null;
  readonly tls: 'internal' | 'files' | 'off';
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  readonly tlsCa: string | null;
  readonly caPassphraseFile: string | null;
  readonly trustedProxies: readonly string[];
  readonly certificateForm: 'base64-pem' | 'base64-der';
  readonly holdSeconds: number;
  readonly retryAfterSeconds: number;
  readonly rotationOverlapSeconds: number;
  readonly continuitySeconds: number;
  readonly pendingLifetimeSeconds: number;
  readonly signatureMaxAgeSeconds: number;
  readonly signatureMaxSkewSeconds: number;
  readonly oidcIssuer: string | null;
  readonly oidcClientId: string | null;
  readonly oidcAudience: string | null;
  readonly oidcScopes: string;
  readonly oidcRoleClaim: string;
  readonly oidcRoles: readonly string[];
  readonly oidcCa: string | null;
  readonly maxConnections: number;
  readonly maxRequests: number;
  readonly webhookTimeoutSeconds: number;
  readonly webhookRetrySeconds: number;
  readonly webhookTries: number;
  readonly admissionWebhookSeconds: number;
  readonly admissionWebhookRememberSeconds: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/** A year. */
const longestSeconds = 31_536_000;
const longestCount = 100_000;

type Kind = 'text' | 'list' | 'seconds' | 'count' | readonly string[];

export interface Setting {
  readonly name: keyof WfmSettings;
  /** Long flag; a list may be repeated. */
  readonly flag: string;
  readonly env: string;
  readonly kind: Kind;
  readonly fallback: WfmSettings[keyof WfmSettings];
  readonly help: string;
}

export const settingsTable: readonly Setting[] = [
  {
    name: 'data',
    flag: 'data',
    env: 'MUSTER_DATA',
    kind: 'text',
    fallback: './.muster/wfm',
    help: 'folder for the CA, the embedded database and the operator token',
  },
  {
    name: 'deviceListen',
    flag: 'device-listen',
    env: 'MUSTER_DEVICE_LISTEN',
    kind: 'text',
    fallback: '0.0.0.0:8443',
    help: 'where devices connect, HOST:PORT',
  },
  {
    name: 'operatorListen',
    flag: 'operator-listen',
    env: 'MUSTER_OPERATOR_LISTEN',
    kind: 'text',
    fallback: '127.0.0.1:8444',
    help: 'where operators connect, HOST:PORT',
  },
  {
    name: 'publicUrls',
    flag: 'public-url',
    env: 'MUSTER_PUBLIC_URL',
    kind: 'list',
    fallback: [],
    help: 'external https origin, with an optional path prefix, that devices sign; may be repeated',
  },
  {
    name: 'admission',
    flag: 'admission',
    env: 'MUSTER_ADMISSION',
    kind: ['hold', 'open', 'closed'],
    fallback: 'hold',
    help: 'unknown certificates wait for an operator, are accepted, or are refused',
  },
  {
    name: 'database',
    flag: 'database',
    env: 'MUSTER_DATABASE',
    kind: 'text',
    fallback: null,
    help: 'postgres://… instead of the embedded database',
  },
  {
    name: 'tls',
    flag: 'tls',
    env: 'MUSTER_TLS',
    kind: ['internal', 'files', 'off'],
    fallback: 'internal',
    help: 'own CA, files of your own, or none behind a proxy that terminates TLS',
  },
  {
    name: 'tlsCert',
    flag: 'tls-cert',
    env: 'MUSTER_TLS_CERT',
    kind: 'text',
    fallback: null,
    help: 'with --tls files: server certificate chain, PEM',
  },
  {
    name: 'tlsKey',
    flag: 'tls-key',
    env: 'MUSTER_TLS_KEY',
    kind: 'text',
    fallback: null,
    help: 'with --tls files: private key, PEM',
  },
  {
    name: 'tlsCa',
    flag: 'tls-ca',
    env: 'MUSTER_TLS_CA',
    kind: 'text',
    fallback: null,
    help: 'root CA that devices are given with --tls files or off, PEM',
  },
  {
    name: 'caPassphraseFile',
    flag: 'ca-passphrase-file',
    env: 'MUSTER_CA_PASSPHRASE_FILE',
    kind: 'text',
    fallback: null,
    help: 'file with the passphrase that encrypts the key of the root CA at rest',
  },
  {
    name: 'trustedProxies',
    flag: 'trusted-proxy',
    env: 'MUSTER_TRUSTED_PROXY',
    kind: 'list',
    fallback: [],
    help: 'address or CIDR of a proxy whose forwarded headers may choose among the public URLs; may be repeated',
  },
  {
    name: 'certificateForm',
    flag: 'certificate-form',
    env: 'MUSTER_CERTIFICATE_FORM',
    kind: ['base64-pem', 'base64-der'],
    fallback: 'base64-pem',
    help: 'how the Certificate API encodes the root CA',
  },
  {
    name: 'holdSeconds',
    flag: 'hold-seconds',
    env: 'MUSTER_HOLD_SECONDS',
    kind: 'seconds',
    fallback: 3,
    help: 'how long an onboarding request is held for a decision before it is answered "pending"',
  },
  {
    name: 'retryAfterSeconds',
    flag: 'retry-after-seconds',
    env: 'MUSTER_RETRY_AFTER_SECONDS',
    kind: 'seconds',
    fallback: 3,
    help: 'Retry-After of a pending answer',
  },
  {
    name: 'rotationOverlapSeconds',
    flag: 'rotation-overlap-seconds',
    env: 'MUSTER_ROTATION_OVERLAP_SECONDS',
    kind: 'seconds',
    fallback: 86_400,
    help: 'how long the old key of a client counts after it has rotated to a new one',
  },
  {
    name: 'continuitySeconds',
    flag: 'continuity-seconds',
    env: 'MUSTER_CONTINUITY_SECONDS',
    kind: 'seconds',
    fallback: 600,
    help: 'how often the proof changes by which a cloned key is noticed',
  },
  {
    name: 'pendingLifetimeSeconds',
    flag: 'pending-lifetime-seconds',
    env: 'MUSTER_PENDING_LIFETIME_SECONDS',
    kind: 'seconds',
    fallback: 30 * 86_400,
    help: 'how long a request that waits is kept after its device was last heard of',
  },
  {
    name: 'signatureMaxAgeSeconds',
    flag: 'signature-max-age-seconds',
    env: 'MUSTER_SIGNATURE_MAX_AGE_SECONDS',
    kind: 'seconds',
    fallback: 300,
    help: 'oldest accepted signature',
  },
  {
    name: 'signatureMaxSkewSeconds',
    flag: 'signature-max-skew-seconds',
    env: 'MUSTER_SIGNATURE_MAX_SKEW_SECONDS',
    kind: 'seconds',
    fallback: 60,
    help: 'how far in the future a signature may be',
  },
  {
    name: 'oidcIssuer',
    flag: 'oidc-issuer',
    env: 'MUSTER_OIDC_ISSUER',
    kind: 'text',
    fallback: null,
    help: 'https URL of the OpenID provider whose people may be operators',
  },
  {
    name: 'oidcClientId',
    flag: 'oidc-client-id',
    env: 'MUSTER_OIDC_CLIENT_ID',
    kind: 'text',
    fallback: null,
    help: 'what Muster is called at the OpenID provider',
  },
  {
    name: 'oidcAudience',
    flag: 'oidc-audience',
    env: 'MUSTER_OIDC_AUDIENCE',
    kind: 'text',
    fallback: null,
    help: 'audience of accepted access tokens; without it ID tokens for the client id are accepted',
  },
  {
    name: 'oidcScopes',
    flag: 'oidc-scopes',
    env: 'MUSTER_OIDC_SCOPES',
    kind: 'text',
    fallback: 'openid profile offline_access',
    help: 'what muster login asks the OpenID provider for',
  },
  {
    name: 'oidcRoleClaim',
    flag: 'oidc-role-claim',
    env: 'MUSTER_OIDC_ROLE_CLAIM',
    kind: 'text',
    fallback: 'groups',
    help: 'claim that holds the groups or roles; dots lead into objects (realm_access.roles)',
  },
  {
    name: 'oidcRoles',
    flag: 'oidc-role',
    env: 'MUSTER_OIDC_ROLE',
    kind: 'list',
    fallback: [],
    help: 'value of that claim and the role it gives, such as plant-admins=admin; may be repeated; nobody else is let in',
  },
  {
    name: 'oidcCa',
    flag: 'oidc-ca',
    env: 'MUSTER_OIDC_CA',
    kind: 'text',
    fallback: null,
    help: 'root CA of the OpenID provider where it is not a public one, PEM',
  },
  {
    name: 'maxConnections',
    flag: 'max-connections',
    env: 'MUSTER_MAX_CONNECTIONS',
    kind: 'count',
    fallback: 10_000,
    help: 'open connections of devices; more are closed at once',
  },
  {
    name: 'maxRequests',
    flag: 'max-requests',
    env: 'MUSTER_MAX_REQUESTS',
    kind: 'count',
    fallback: 2_000,
    help: 'requests of devices in progress; more are told to come again (503, Retry-After)',
  },
  {
    name: 'webhookTimeoutSeconds',
    flag: 'webhook-timeout-seconds',
    env: 'MUSTER_WEBHOOK_TIMEOUT_SECONDS',
    kind: 'seconds',
    fallback: 10,
    help: 'how long a receiver of events may take to answer',
  },
  {
    name: 'webhookRetrySeconds',
    flag: 'webhook-retry-seconds',
    env: 'MUSTER_WEBHOOK_RETRY_SECONDS',
    kind: 'seconds',
    fallback: 2,
    help: 'wait after the first failed delivery; it doubles with each further one, up to 300',
  },
  {
    name: 'webhookTries',
    flag: 'webhook-tries',
    env: 'MUSTER_WEBHOOK_TRIES',
    kind: 'count',
    fallback: 20,
    help: 'how often an event is tried before it is a dead letter',
  },
  {
    name: 'admissionWebhookSeconds',
    flag: 'admission-webhook-seconds',
    env: 'MUSTER_ADMISSION_WEBHOOK_SECONDS',
    kind: 'seconds',
    fallback: 2,
    help: 'how long a webhook that is asked who gets in may take; then the request waits for an operator',
  },
  {
    name: 'admissionWebhookRememberSeconds',
    flag: 'admission-webhook-remember-seconds',
    env: 'MUSTER_ADMISSION_WEBHOOK_REMEMBER_SECONDS',
    kind: 'seconds',
    fallback: 60,
    help: 'how long a hold or denial of that webhook counts before it is asked again about the same certificate',
  },
  {
    name: 'logLevel',
    flag: 'log-level',
    env: 'MUSTER_LOG_LEVEL',
    kind: ['debug', 'info', 'warn', 'error', 'silent'],
    fallback: 'info',
    help: 'what is logged to stderr, as JSON lines',
  },
];

/** A setting that cannot be used. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'invalid-setting';
  readonly seen: string;
  readonly expected: string;
  readonly nextStep: string;

  constructor(setting: string, seen: string, expected: string) {
    super(`The setting ${setting} cannot be used: ${seen}.`);
    this.seen = seen;
    this.expected = expected;
    this.nextStep = `Set ${setting} to ${expected}.`;
  }
}

function convert(setting: Setting, value: unknown): unknown {
  const { kind, flag } = setting;
  if (kind === 'list') {
    const items = Array.isArray(value) ? value.map(String) : String(value).split(',');
    return items.map((item) => item.trim()).filter((item) => item !== '');
  }
  if (kind === 'seconds') {
    const number = typeof value === 'number' ? value : Number(String(value).trim() || 'x');
    if (!Number.isFinite(number) || number < 0 || number > longestSeconds)
      throw new SettingsError(flag, String(value), `seconds from 0 to ${longestSeconds}`);
    return number;
  }
  if (kind === 'count') {
    const number = Number(String(value).trim() || 'x');
    if (!Number.isInteger(number) || number < 1 || number > longestCount)
      throw new SettingsError(flag, String(value), `a whole number from 1 to ${longestCount}`);
    return number;
  }
  const text = String(value);
  if (kind !== 'text' && !kind.includes(text))
    throw new SettingsError(flag, text, `one of ${kind.join(', ')}`);
  if (kind === 'text' && text === '') throw new SettingsError(flag, 'nothing', 'a value');
  return text;
}

/** Splits HOST:PORT. @throws SettingsError */
export function parseListen(flag: string, text: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):([0-9]{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw new SettingsError(flag, text, 'HOST:PORT, such as 0.0.0.0:8443');
  return { host: match[1] ?? match[2] ?? '', port };
}

function check(settings: WfmSettings): WfmSettings {
  for (const url of settings.publicUrls) {
    if (!URL.canParse(url) || new URL(url).protocol !== 'https:' || /[?#]/.test(url))
      throw new SettingsError('public-url', url, 'an https URL without query');
  }
  parseListen('device-listen', settings.deviceListen);
  parseListen('operator-listen', settings.operatorListen);
  if (settings.tls === 'files' && (settings.tlsCert === null || settings.tlsKey === null))
    throw new SettingsError(
      'tls',
      'files without tls-cert and tls-key',
      '"files" together with --tls-cert and --tls-key',
    );
  if (settings.tls === 'off' && settings.publicUrls.length === 0)
    throw new SettingsError(
      'public-url',
      'none with --tls off',
      'the https URL under which the proxy is reached',
    );
  if (settings.database !== null && !/^postgres(?:ql)?:\/\//.test(settings.database))
    throw new SettingsError('database', settings.database.split(':')[0] ?? '', 'a postgres:// URL');
  checkOidc(settings);
  for (const [flag, seconds] of [
    ['webhook-timeout-seconds', settings.webhookTimeoutSeconds],
    ['admission-webhook-seconds', settings.admissionWebhookSeconds],
  ] as const)
    if (seconds === 0) throw new SettingsError(flag, '0', 'more than 0 seconds');
  return Object.freeze(settings);
}

function checkOidc({ oidcIssuer, oidcClientId, oidcRoles }: WfmSettings): void {
  for (const one of oidcRoles)
    if (parseRoleMapping(one) === null)
      throw new SettingsError('oidc-role', one, 'value=viewer, value=operator or value=admin');
  if (oidcIssuer === null) {
    if (oidcClientId !== null || oidcRoles.length > 0)
      throw new SettingsError(
        'oidc-issuer',
        'none beside other oidc settings',
        'the https URL of the issuer',
      );
    return;
  }
  if (!URL.canParse(oidcIssuer) || new URL(oidcIssuer).protocol !== 'https:' || /[?#]/.test(oidcIssuer))
    throw new SettingsError('oidc-issuer', oidcIssuer, 'an https URL without query');
  if (oidcClientId === null)
    throw new SettingsError('oidc-client-id', 'none with --oidc-issuer', 'the client id at the provider');
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
  let file: Record<string, unknown> = {};
  if (o.file !== undefined) {
    const document: unknown = parse(readFileSync(o.file, 'utf8'));
    if (document !== null && typeof document === 'object') file = document as Record<string, unknown>;
    const unknown = Object.keys(file).find(
      (key) => !settingsTable.some((s) => s.flag === key || s.name === key),
    );
    if (unknown !== undefined)
      throw new SettingsError(
        unknown,
        'an unknown setting in the file',
        `one of ${settingsTable.map((s) => s.flag).join(', ')}`,
      );
  }
  const settings: Record<string, unknown> = {};
  for (const setting of settingsTable) {
    const env = o.env?.[setting.env];
    const value =
      o.flags?.[setting.name] ?? (env === '' ? undefined : env) ?? file[setting.flag] ?? file[setting.name];
    settings[setting.name] =
      value === undefined || value === null ? setting.fallback : convert(setting, value);
  }
  return check(settings as unknown as WfmSettings);
}
