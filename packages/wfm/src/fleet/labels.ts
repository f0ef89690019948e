/** Which labels count on a device, out of those that operators, rules and the device itself have set. Pure. */
import { type Capabilities, isObject } from '@muster/protocol';
import { type LabelRecord, labelSources } from '../store/ports/inventory.ts';

/** So many labels one source may set at one place: on a client, or on a device. */
export const mostLabels = 64;
const longestKey = 128;
const longestValue = 256;
/** `key=value`, as lists are asked for it. */
export const longestLabel = longestKey + 1 + longestValue;
const labelKey = new RegExp(`^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,${longestKey - 2}}[A-Za-z0-9])?$`);

/** Why a label cannot be taken; undefined when it can. */
export function labelFault(key: string, value: unknown): string | undefined {
  if (!labelKey.test(key))
    return `a key has 1 to ${longestKey} of A-Z a-z 0-9 . _ / - and begins and ends with a letter or digit`;
  // oxlint-disable-next-line no-control-regex
  if (typeof value !== 'string' || value.length > longestValue || /[\u0000-\u001f\u007f]/.test(value))
    return `a value is a text of at most ${longestValue} characters without control characters`;
  return undefined;
}

/** Why these labels cannot be taken together; null when they can. */
export function labelsFault(labels: unknown): string | null {
  if (!isObject(labels) || Object.keys(labels).length > mostLabels)
    return `must be an object of at most ${mostLabels} labels`;
  for (const [key, value] of Object.entries(labels)) {
    const fault = labelFault(key, value);
    if (fault !== undefined) return `${JSON.stringify(key.slice(0, 80))}: ${fault}`;
  }
  return null;
}

/** What a device says of itself, in the extension `x-muster-extensions`. Wrong ones are left out. */
export function deviceLabels(c: Capabilities): Record<string, string> {
  const extension: unknown = c.extensions?.['x-muster-extensions'];
  const labels = isObject(extension) ? extension['labels'] : undefined;
  if (!isObject(labels)) return {};
  return Object.fromEntries(
    Object.entries(labels)
      .slice(0, mostLabels)
      .filter((pair): pair is [string, string] => labelFault(pair[0], pair[1]) === undefined),
  );
}

/**
 * What operators and rules have set counts more than what a device says of itself, wherever it was set: a device must not
 * talk itself into another plant. Among these the more specific place wins, and at one place the operator; keys are sorted.
 */
export function effectiveLabels(
  set: readonly Pick<LabelRecord, 'deviceId' | 'key' | 'value' | 'source'>[],
): Record<string, string> {
  const weight = (l: (typeof set)[number]): number =>
    labelSources.indexOf(l.source) +
    (l.source === 'device' ? 2 * labelSources.length : l.deviceId === '' ? labelSources.length : 0);
  const best = new Map<string, (typeof set)[number]>();
  for (const label of set) {
    const present = best.get(label.key);
    if (present === undefined || weight(label) < weight(present)) best.set(label.key, label);
  }
  return Object.fromEntries(
    [...best.values()].map((l) => [l.key, l.value] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
