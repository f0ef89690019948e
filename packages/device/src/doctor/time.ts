/** The clock, by the rule of the daemon (docs/device.md): what it is worth, and by which time everything else is judged. */
import { type Check, pass, skip, warn } from '@muster/protocol';
import type { Binding } from '../binding/binding.ts';
import type { DeviceClock } from '../clock/clock.ts';
import { settleClock } from '../http/exchange.ts';

const iso = (time: number): string => new Date(time).toISOString().slice(0, 16);

/**
 * The time by which certificates are judged: the local clock, and where it is impossible what an authenticated WFM says; while
 * none says anything, the last moment that has certainly passed.
 * @returns milliseconds since 1970
 */
export async function timeToJudgeBy(
  clock: DeviceClock,
  binding: Binding | null,
  signal: AbortSignal | undefined,
): Promise<number> {
  if (clock.verdict === 'plausible') return clock.local();
  if (binding === null || binding.anchors.kind === 'none') return clock.lowerBound;
  const { wfm: url, anchors } = binding;
  // Why it cannot be asked, or is not believed, is said by the checks of the way to it.
  return settleClock({ url, anchors, signal }, clock).catch(() => clock.lowerBound);
}

/** @param stated the Date of a WFM's answer, where there was one */
export function clockCheck(clock: DeviceClock, stated: string | undefined): Check {
  const { verdict, lowerBound } = clock;
  if (verdict !== 'plausible') {
    const side = verdict === 'too-early' ? 'before' : 'more than five years after';
    const by =
      clock.trusted === null
        ? 'the next answer of the WFM gives the time'
        : `by the WFM it is ${iso(clock.trusted)}`;
    return warn(
      'clock',
      `impossible: ${iso(clock.local())}, ${side} ${iso(lowerBound)}, which has certainly passed; ${by}`,
      'Set the date, and set up NTP or a clock battery.',
    );
  }
  const theirs = Date.parse(stated ?? '');
  if (Number.isNaN(theirs)) return skip('clock', `${iso(clock.local())} is possible; no WFM tells the time`);
  const seconds = Math.round((theirs - clock.local()) / 1000);
  return Math.abs(seconds) <= 60
    ? pass('clock', `${seconds} s from the WFM's`)
    : warn('clock', `${seconds} s from the WFM's; requests are signed with the WFM's time`, 'Set up NTP.');
}
