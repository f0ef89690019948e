import type { WebhookAnswer } from '../admission/decide.ts';
import { labelsFault } from '../fleet/labels.ts';
import type { Delivery } from './send.ts';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads what a webhook answered about admission. @returns the answer, or what is wrong with it */
export function readAnswer(text: string): Omit<WebhookAnswer, 'webhook'> | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'the answer is no JSON.';
  }
  if (!isObject(value)) return 'the answer is no JSON object.';
  const { decision, reason, labels = {} } = value;
  if (decision !== 'allow' && decision !== 'hold' && decision !== 'deny')
    return 'decision is none of allow, hold, deny.';
  if (typeof reason !== 'string' || !/^[^\u0000-\u001f\u007f]{1,500}$/.test(reason))
    return 'reason is not 1 to 500 printable characters.';
  const problem = labelsFault(labels);
  if (problem !== null) return `labels: ${problem}.`;
  return { decision, reason, labels: labels as Record<string, string> };
}

/** What came back, or did not, as an answer: whatever is not said clearly and in time is a hold that says why. */
export function answerOf(webhook: string, got: Pick<Delivery, 'error' | 'text'>): WebhookAnswer {
  const read = got.error === null ? readAnswer(got.text) : got.error;
  if (typeof read !== 'string') return { webhook, ...read };
  return { webhook, decision: 'hold', reason: `The webhook ${webhook} did not decide: ${read}`, labels: {} };
}
