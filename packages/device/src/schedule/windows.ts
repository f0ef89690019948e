/**
 * When a device is known to be off or not to talk: days and hours in an IANA time zone. Inside such a window errors are
 * expected and nothing is retried.
 */
import { DeviceError } from '../errors.ts';

export interface DowntimeWindow {
  /** 0 is Sunday; empty means every day. The day on which the window begins. */
  readonly days: readonly number[];
  /** Minutes after midnight; an end at or before the beginning is on the next day. */
  readonly from: number;
  readonly to: number;
  readonly timeZone: string;
}

const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

function minutes(text: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return match === null ? Number.NaN : Number(match[1]) * 60 + Number(match[2]);
}

/**
 * Reads a window as people write it: `sat,sun 22:00-06:00 Europe/Berlin`, days and zone optional (UTC).
 * @throws DeviceError `usage`
 */
export function parseWindow(text: string): DowntimeWindow {
  const match = /^(?:([a-z,]+)\s+)?(\d\d:\d\d)-(\d\d:\d\d)(?:\s+(\S+))?$/i.exec(text.trim());
  const [, dayText = '', fromText = '', toText = '', timeZone = 'UTC'] = match ?? [];
  const days =
    dayText === ''
      ? []
      : dayText
          .toLowerCase()
          .split(',')
          .map((d) => names.indexOf(d.slice(0, 3)));
  const [from, to] = [minutes(fromText), minutes(toText)];
  let isZone = true;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone });
  } catch {
    isZone = false;
  }
  if (match === null || days.includes(-1) || Number.isNaN(from) || Number.isNaN(to) || !isZone)
    throw new DeviceError('usage', 'This is no downtime window.', {
      seen: text.slice(0, 100),
      expected: 'days, hours and an IANA time zone, such as: sat,sun 22:00-06:00 Europe/Berlin',
      nextStep: 'Correct it.',
    });
  return { days, from, to, timeZone };
}

/** One for each zone: making one takes longer than all the rest. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  return format;
}

function localTime(at: number, timeZone: string): { day: number; minute: number } {
  const parts = formatOf(timeZone).formatToParts(at);
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? '';
  return {
    day: names.indexOf(part('weekday').toLowerCase()),
    minute: Number(part('hour')) * 60 + Number(part('minute')),
  };
}

/** Whether a moment lies within a window; a window over midnight belongs to the day on which it begins. */
export function isDowntime(windows: readonly DowntimeWindow[], at: number): boolean {
  return windows.some(({ days, from, to, timeZone }) => {
    const { day, minute } = localTime(at, timeZone);
    const isDay = (d: number): boolean => days.length === 0 || days.includes(d);
    if (from < to) return isDay(day) && minute >= from && minute < to;
    return (isDay(day) && minute >= from) || (isDay((day + 6) % 7) && minute < to);
  });
}

/** When a device may talk. */
export interface Schedule {
  readonly downtime: readonly DowntimeWindow[];
  /** The only times at which it looks for work; always, when there is none. */
  readonly pollWindows: readonly DowntimeWindow[];
}

/** Whether a device keeps silent at a moment. */
export function isSilent({ downtime, pollWindows }: Schedule, at: number): boolean {
  return isDowntime(downtime, at) || (pollWindows.length > 0 && !isDowntime(pollWindows, at));
}

/** Milliseconds until a device may talk, to the minute; at most eight days are looked ahead. */
export function untilAllowed(schedule: Schedule, at: number): number {
  const minute = 60_000;
  const longest = 8 * 86_400_000;
  if (!isSilent(schedule, at)) return 0;
  const next = Math.floor(at / minute) * minute + minute;
  for (let t = next; t < at + longest; t += minute) if (!isSilent(schedule, t)) return t - at;
  return longest;
}
