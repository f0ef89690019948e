/** What a device offers, as the operator API shows it under `capabilities`. */
import type { Device } from '../../api/types.ts';

interface Size {
  /** As the device has written it. */
  readonly text: string;
}

export interface Peripheral {
  readonly type: string;
  readonly manufacturer?: string;
  readonly model?: string;
}

interface Hosting {
  readonly cpuGroups: ReadonlyArray<{ readonly milliCores: number; readonly architecture?: string }>;
  readonly memory: Size;
  readonly storage: Size;
  readonly peripherals: readonly Peripheral[];
  readonly interfaces: ReadonlyArray<{ readonly type: string }>;
  readonly otelCollector?: boolean;
  readonly runtimes: readonly string[];
  readonly deploymentTypes: readonly string[];
}

export interface DeviceModel {
  readonly vendor: string;
  readonly modelNumber: string;
  readonly serialNumber: string;
  /** Missing on a gateway that only relays. */
  readonly hosting?: Hosting;
  readonly roles?: readonly string[];
  readonly extensions?: Readonly<Record<string, object>>;
}

/** The model of a device; the WFM has checked it when it was reported. */
export const modelOf = (device: Pick<Device, 'capabilities'>): DeviceModel =>
  device.capabilities as unknown as DeviceModel;

/** Each CPU by itself: a workload runs on one of them. */
export const cpuTexts = ({ hosting }: DeviceModel): string[] =>
  (hosting?.cpuGroups ?? []).map(({ milliCores, architecture }) =>
    `${milliCores / 1_000} ${architecture ?? ''}`.trim(),
  );

/** Where the page of a device is. Ids hold no character that would need an escape. */
export const addressOf = (clientId: string, deviceId: string): string => `/devices/${clientId}/${deviceId}`;
