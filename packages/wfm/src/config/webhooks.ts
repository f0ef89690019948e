/** How events are told to receivers, and how a receiver is asked who gets in. */
import { type Row, SettingsError } from './setting.ts';

export interface WebhookSettings {
  readonly webhookTimeoutSeconds: number;
  readonly webhookRetrySeconds: number;
  readonly webhookTries: number;
  readonly admissionWebhookSeconds: number;
  readonly admissionWebhookRememberSeconds: number;
}

export const webhookSettings: ReadonlyArray<Row<keyof WebhookSettings>> = [
  {
    name: 'webhookTimeoutSeconds',
    flag: 'webhook-timeout-seconds',
    kind: 'seconds',
    fallback: 10,
    help: 'how long a receiver of events may take to answer',
  },
  {
    name: 'webhookRetrySeconds',
    flag: 'webhook-retry-seconds',
    kind: 'seconds',
    fallback: 2,
    help: 'wait after the first failed delivery; it doubles with each further one, up to 300',
  },
  {
    name: 'webhookTries',
    flag: 'webhook-tries',
    kind: 'count',
    fallback: 20,
    help: 'how often an event is tried before it is a dead letter',
  },
  {
    name: 'admissionWebhookSeconds',
    flag: 'admission-webhook-seconds',
    kind: 'seconds',
    fallback: 2,
    help: 'how long a webhook that is asked who gets in may take; then the request waits for an operator',
  },
  {
    name: 'admissionWebhookRememberSeconds',
    flag: 'admission-webhook-remember-seconds',
    kind: 'seconds',
    fallback: 60,
    help: 'how long a hold or denial of that webhook counts before it is asked again about the same certificate',
  },
];

/** @throws SettingsError */
export function checkWebhooks({ webhookTimeoutSeconds, admissionWebhookSeconds }: WebhookSettings): void {
  for (const [flag, seconds] of [
    ['webhook-timeout-seconds', webhookTimeoutSeconds],
    ['admission-webhook-seconds', admissionWebhookSeconds],
  ] as const)
    if (seconds === 0) throw new SettingsError(flag, '0', 'more than 0 seconds');
}
