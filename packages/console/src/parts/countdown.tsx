import { Text, Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';
import { spanText } from './age.tsx';

const two = (n: number): string => String(n).padStart(2, '0');

/** A span below a day by the second, any other in days and hours. @param seconds not negative */
function leftText(seconds: number): string {
  const hours = Math.floor(seconds / 3_600);
  if (hours >= 24) return `${spanText(seconds)} ${hours % 24} h`;
  return `${hours}:${two(Math.floor(seconds / 60) % 60)}:${two(Math.floor(seconds) % 60)}`;
}

/** How long until a time, running down. @param never said where there is no end */
export function Countdown({ to, never }: { to: string | null; never: string }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (to === null) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [to]);
  if (to === null)
    return (
      <Text span inherit c="dimmed">
        {never}
      </Text>
    );
  const seconds = Math.max(0, (Date.parse(to) - now) / 1_000);
  return (
    <Tooltip label={to}>
      <Text span inherit className="whole" {...(seconds < 300 ? { c: 'orange', fw: 600 } : {})}>
        <time dateTime={to}>{seconds === 0 ? 'over' : leftText(seconds)}</time>
      </Text>
    </Tooltip>
  );
}
