/** A fleet of realistic variety, the same for the same seed: heavy-tailed vendors and sites, 2 % gateways with children. */
import type { Capabilities } from '@muster/protocol';
import { parseQuantity } from '@muster/protocol';

/** Mulberry32: small, fast, the same everywhere. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One client with its devices, a gateway before its children. */
interface MadeClient {
  readonly clientId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly devices: readonly Capabilities[];
}

interface Model {
  readonly vendor: string;
  readonly modelNumber: string;
  readonly architecture: 'amd64' | 'arm64' | 'arm';
  readonly cores: readonly number[];
  readonly memory: readonly number[];
  readonly storage: readonly number[];
  readonly peripherals: Readonly<Record<string, string>>[];
  readonly interfaces: readonly string[];
  readonly deploymentTypes: readonly string[];
}

/** Makes clients until there are `devices` devices. */
export function* makeFleet(devices: number, seed = 20_261_124): Generator<MadeClient> {
  const next = random(seed);
  const whole = (n: number): number => Math.floor(next() * n);
  const pick = <T>(from: readonly T[]): T => from[whole(from.length)] as T;
  // The share of rank r falls as 1/r: a few vendors and sites have most of the devices.
  const tailed = (n: number): number => Math.min(n - 1, Math.floor(Math.exp(next() * Math.log(n + 1)) - 1));
  const models: Model[][] = Array.from({ length: 300 }, (_, v) =>
    Array.from({ length: 1 + whole(8) }, (_unused, m) => ({
      vendor: `Vendor ${v}`,
      modelNumber: `V${v}-${100 * (m + 1)}`,
      architecture: pick(['amd64', 'amd64', 'arm64', 'arm64', 'arm'] as const),
      cores: pick([[2], [4], [4, 8], [2, 4], [16], [8, 16]]),
      memory: pick([[2], [4, 8], [8, 16], [16, 32], [4], [32, 64]]),
      storage: pick([[32, 64], [59, 119, 238], [238, 476], [16], [953, 1862]]),
      peripherals: [
        ...(next() < 0.25
          ? [{ type: 'camera', manufacturer: pick(['Optowerk', 'Halden']), model: `C${whole(9)}` }]
          : []),
        ...(next() < 0.1
          ? [{ type: 'gpu', manufacturer: 'NVIDIA', model: pick(['T1000', 'A2', 'Orin']) }]
          : []),
        ...(next() < 0.3 ? [{ type: 'display' }] : []),
      ],
      interfaces: [
        'ethernet',
        ...(next() < 0.5 ? ['usb'] : []),
        ...(next() < 0.3 ? ['wifi'] : []),
        ...(next() < 0.2 ? ['canbus'] : []),
      ],
      deploymentTypes: pick([['compose'], ['compose'], ['helm'], ['helm', 'compose']]),
    })),
  );
  let serial = 0;
  const device = (deviceId: string): Capabilities => {
    const model = pick(models[tailed(models.length)] as Model[]);
    return {
      deviceId,
      vendor: model.vendor,
      modelNumber: model.modelNumber,
      serialNumber: `S${(serial++).toString(36).toUpperCase().padStart(7, '0')}`,
      hosting: {
        cpuGroups: [{ milliCores: pick(model.cores) * 1000, architecture: model.architecture }],
        memory: parseQuantity(`${pick(model.memory)}Gi`),
        storage: parseQuantity(`${pick(model.storage)}Gi`),
        peripherals: model.peripherals as never,
        interfaces: model.interfaces.map((type) => ({ type })) as never,
        otelCollector: true,
        runtimes: ['oci'],
        deploymentTypes: model.deploymentTypes,
      },
      extensions: {},
    };
  };
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => whole(16).toString(16)).join('');
  for (let made = 0; made < devices; ) {
    const site = tailed(2000);
    const clientId = `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
    const labels = { region: `r${site % 12}`, site: `plant${site}`, line: String(1 + whole(6)) };
    if (next() < 0.02) {
      const gateway: Capabilities = {
        deviceId: 'gw',
        vendor: 'Halden Robotics',
        modelNumber: 'HR-GW',
        serialNumber: `G${serial++}`,
        extensions: {},
      };
      const children = Array.from({ length: 2 + whole(9) }, (_, i) => device(`gw/d${i}`));
      made += 1 + children.length;
      yield { clientId, labels, devices: [gateway, ...children] };
    } else {
      made++;
      yield {
        clientId,
        labels,
        devices: [device(`${pick(['press', 'vision', 'cell', 'edge'])}-${whole(10_000)}`)],
      };
    }
  }
}
