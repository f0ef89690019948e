/** Sums a CPU profile of V8 up by the part of the program that ran, or that called into Node.js. */
interface Profile {
  readonly nodes: ReadonlyArray<{
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }>;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** The first pattern that a frame's file fits names its part. */
const parts: ReadonlyArray<readonly [RegExp, string]> = [
  [/packages\/signatures\/src\/(algorithms|digest)/, 'cryptography: digest and signature'],
  [/packages\/signatures\//, 'signature base and structured fields'],
  [/packages\/protocol\//, 'reading and checking the document'],
  [/better-sqlite3|sqlite\/engine/, 'SQLite'],
  [/node_modules\/(kysely)\//, 'query builder'],
  [/node_modules\/pg/, 'PostgreSQL driver'],
  [/src\/store\//, 'store'],
  [/src\/(fleet|placement)\//, 'offer, difference, labels'],
  [/node_modules\/(fastify|find-my-way|avvio|fast-)/, 'HTTP framework'],
  [/packages\/wfm\/src\/(http|device-api|authenticate)/, 'endpoint'],
  [/^node:(internal\/)?_?(tls|http|net|stream|_http)/, 'HTTP, TLS and sockets of Node.js'],
  [
    /^node:internal\/(stream|tls|net|child_process)|^node:_(http|tls)|^node:internal\/js_stream/,
    'HTTP, TLS and sockets of Node.js',
  ],
];

/** @returns the shares of the time in which something ran, largest first */
export function whereTimeGoes(json: string): { name: string; share: number }[] {
  const { nodes, samples, timeDeltas } = JSON.parse(json) as Profile;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parentOf = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])));
  const partOf = new Map<number, string | undefined>();
  const find = (id: number | undefined): string | undefined => {
    if (id === undefined) return undefined;
    if (partOf.has(id)) return partOf.get(id);
    const frame = byId.get(id)?.callFrame;
    const own = parts.find(([pattern]) => pattern.test(frame?.url ?? ''))?.[1];
    const part = own ?? (frame?.functionName.startsWith('(') ? frame.functionName : find(parentOf.get(id)));
    partOf.set(id, part);
    return part;
  };
  const sums = new Map<string, number>();
  let total = 0;
  samples.forEach((id, i) => {
    const name = find(id) ?? 'other';
    if (name === '(idle)') return;
    const time = timeDeltas[i] ?? 0;
    total += time;
    sums.set(name, (sums.get(name) ?? 0) + time);
  });
  return [...sums].map(([name, time]) => ({ name, share: time / total })).sort((a, b) => b.share - a.share);
}
