/** What a reservation commits, in words. */

/** As reservations keep it: sizes as they were written. */
interface Stored {
  readonly type?: string;
  readonly runtime?: string;
  readonly cpu?: { readonly milliCores: number };
  readonly memory?: string;
  readonly storage?: string;
  readonly peripherals?: ReadonlyArray<{
    readonly type: string;
    readonly manufacturer?: string;
    readonly model?: string;
  }>;
}

/** Lines such as `2 cores`, `4Gi memory`, `camera`; none where nothing is committed. */
export function capacityOf(requirement: Readonly<Record<string, unknown>>): string[] {
  const { cpu, memory, storage, peripherals = [] } = requirement as Stored;
  const cores = (cpu?.milliCores ?? 0) / 1000;
  return [
    ...(cores === 0 ? [] : [`${cores} ${cores === 1 ? 'core' : 'cores'}`]),
    ...(memory === undefined ? [] : [`${memory} memory`]),
    ...(storage === undefined ? [] : [`${storage} storage`]),
    ...peripherals.map((p) =>
      [p.type, p.manufacturer, p.model].filter((part) => part !== undefined).join(' '),
    ),
  ];
}
