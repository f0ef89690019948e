/** The arrival curve of a plant that comes back, as a picture. */

interface Arrival {
  /** When requests were sent, in seconds after the lights went on. */
  readonly asked: readonly number[];
  /** When clients were active again, in order. */
  readonly active: readonly number[];
  /** When the WFM was up. */
  readonly upAt: number;
  /** Requests that were refused for overload. */
  readonly refused: number;
}

const [width, height] = [720, 280];
const [left, right, top, bottom] = [50, 10, 50, 30];

function perSecond(times: readonly number[], seconds: number): number[] {
  const bins = Array.from({ length: seconds }, () => 0);
  for (const time of times) bins[Math.floor(time)] = (bins[Math.floor(time)] ?? 0) + 1;
  return bins;
}

/** Draws requests per second as bars, and the share of clients that are active again as a line. */
export function drawArrival({ asked, active, upAt, refused }: Arrival): string {
  const seconds = Math.ceil(active.at(-1) ?? 0) + 1;
  const [requests, done] = [perSecond(asked, seconds), perSecond(active, seconds)];
  const most = Math.max(...requests);
  const x = (second: number): string => (left + (second / seconds) * (width - left - right)).toFixed(1);
  const y = (share: number): string => (height - bottom - share * (height - top - bottom)).toFixed(1);
  const barWidth = ((width - left - right) / seconds - 0.5).toFixed(1);
  const bars = requests.map((n, second) => {
    const barHeight = ((n / most) * (height - top - bottom)).toFixed(1);
    return `<rect x="${x(second)}" y="${y(n / most)}" width="${barWidth}" height="${barHeight}" fill="#9ecae1"/>`;
  });
  let sum = 0;
  const line = done.map((n, second) => `${x(second + 1)},${y((sum += n) / active.length)}`);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<text x="${x(share * seconds)}" y="${height - 12}" text-anchor="middle">${Math.round(share * seconds)} s</text>`,
  );
  const clients = active.length.toLocaleString('en');
  const said = [
    `${clients} clients`,
    `WFM up after ${upAt.toFixed(1)} s`,
    `first active after ${(active[0] ?? 0).toFixed(1)} s`,
    `all after ${(active.at(-1) ?? 0).toFixed(1)} s`,
    `${refused} refused for overload`,
  ].join(' · ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<title>${clients} clients return after a power cut</title>
<rect width="${width}" height="${height}" fill="white"/>
<text x="${left}" y="18">${said}</text>
<text x="${left}" y="34">bars: requests per second (most: ${most}) · line: share of clients active again (top: all) · dashed: the WFM is up</text>
${bars.join('\n')}
<path d="M${x(upAt)} ${top}V${height - bottom}" stroke="black" stroke-dasharray="3"/>
<polyline points="${x(0)},${y(0)} ${line.join(' ')}" fill="none" stroke="#08519c" stroke-width="2"/>
<path d="M${left} ${top}V${height - bottom}H${width - right}" fill="none" stroke="black"/>
<text x="4" y="${top + 4}">${most}/s</text>
${ticks.join('\n')}
</svg>
`;
}
