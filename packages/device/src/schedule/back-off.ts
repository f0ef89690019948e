/** How long to wait before asking again: full jitter, so that a plant that comes back at once does not ask at once. */

const longest = 300;

/**
 * Exponential back-off with full jitter above a floor of a second.
 * @param failures how many there were in a row, from 0
 * @param random from 0 to below 1
 * @returns seconds
 */
export function backOff(failures: number, random: number): number {
  return 1 + random * Math.min(longest, 2 ** Math.min(failures + 1, 20));
}

/** A share of a span that belongs to this key: all devices of a plant, evenly spread, the same after each power cut. */
export function shareOfSpan(spkiSha256: string, spanSeconds: number): number {
  return (Number.parseInt(spkiSha256.slice(0, 8), 16) / 0x1_0000_0000) * spanSeconds;
}
