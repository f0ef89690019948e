import { Text, Tooltip } from '@mantine/core';

const steps = [
  [60, 's', 1],
  [3_600, 'min', 60],
  [86_400, 'h', 3_600],
  [Number.POSITIVE_INFINITY, 'd', 86_400],
] as const;

/** A span of time in its largest unit. @param seconds not negative */
export function spanText(seconds: number): string {
  const [, unit, size] = steps.find(([below]) => seconds < below) ?? steps[3];
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** How long ago, or how far ahead, a time is; the time itself when one points at it. */
export function Age({ at, never = 'never' }: { at: string | null; never?: string }) {
  if (at === null)
    return (
      <Text span inherit c="dimmed">
        {never}
      </Text>
    );
  const seconds = (Date.now() - Date.parse(at)) / 1_000;
  const text = seconds >= 0 ? `${spanText(seconds)} ago` : `in ${spanText(-seconds)}`;
  return (
    <Tooltip label={at}>
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {text}
      </time>
    </Tooltip>
  );
}
