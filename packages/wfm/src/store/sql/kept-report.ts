/**
 * A report as it lies in the database: the model and the exact bytes as received, packed together. Reports say the same
 * words again and again, so most of each is found in a dictionary that every WFM has: some 870 bytes become 125.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';

export interface KeptReport {
  /** The capability model as JSON text; empty where only the bytes were kept. */
  readonly model: string;
  /** The exact bytes as received. */
  readonly document: Uint8Array;
}

/** The first byte says how the rest is kept. */
const plain = 'P'.charCodeAt(0);
const deflated = 'D'.charCodeAt(0);
const newline = 10;

/**
 * What reports are likely to say, the likeliest last. Never changed: what was packed with it could not be read again.
 * A better one gets a first byte of its own.
 */
const dictionary = Buffer.from(
  [
    '"roles":["Standalone Cluster","Standalone Device","Gateway"],"resources":{"cpu":{"cores":2,"architecture":"x86_64"},',
    '"peripherals":[{"type":"gpu","manufacturer":"NVIDIA","model":"","microphone","speaker","custom","bluetooth","rs485",',
    '"x-muster-extensions":{"labels":{"key":{"protection":"pkcs11"},"token":',
    '{"deviceId":"","vendor":"","modelNumber":"","serialNumber":"","hosting":{"cpuGroups":[{"milliCores":4000,',
    '"architecture":"amd64"}],"memory":{"text":"16Gi","bytes":"17179869184"},"storage":{"text":"64Gi","bytes":"68719476736"},',
    '"peripherals":[],"interfaces":[{"type":"ethernet"}],"otelCollector":true,"runtimes":["oci"],',
    '"deploymentTypes":["helm","compose"]},"extensions":{}}\n',
    '{"apiVersion":"device.margo.org/v1alpha1","kind":"DeviceCapabilitiesManifest","properties":{"id":"","vendor":"",',
    '"modelNumber":"","serialNumber":"","cpus":[{"cores":4,"architecture":"amd64"},{"cores":8,"architecture":"arm64"}],',
    '"memory":"16Gi","storage":"64Gi","peripherals":[{"type":"camera"},{"type":"display"}],"interfaces":[{"type":"ethernet"},',
    '{"type":"usb"},{"type":"wifi"},{"type":"canbus"}],"otelCollector":true,"supportedRuntimes":["oci"],',
    '"supportedDeploymentTypes":["compose"]}}',
  ].join(''),
);

/** A window that spans dictionary and report; a small one is set up in less time than a large one. */
const small = { windowBits: 11, memLevel: 3 };
const smallest = 2 ** small.windowBits;

/** Packs a report for the database. */
export function packReport({ model, document }: KeptReport): Buffer {
  const text = Buffer.concat([Buffer.from(model), Buffer.of(newline), document]);
  const packed = deflateRawSync(text, {
    dictionary,
    level: 3,
    ...(text.length <= smallest ? small : {}),
  });
  return Buffer.concat([Buffer.of(deflated), packed]);
}

/** Reads back what {@link packReport} wrote, or what the schema's change has put there as it was. */
export function unpackReport(kept: Uint8Array): KeptReport {
  const [how] = kept;
  if (how !== plain && how !== deflated) throw new Error(`a report is kept in an unknown way: ${how}`);
  const rest = kept.subarray(1);
  const text = how === plain ? Buffer.from(rest) : inflateRawSync(rest, { dictionary });
  const end = text.indexOf(newline);
  return { model: text.toString('utf8', 0, end), document: text.subarray(end + 1) };
}

/** A row with its report unpacked. */
export function withReport<T extends { readonly report: Uint8Array }>(
  row: T,
): Omit<T, 'report'> & KeptReport {
  const { report, ...rest } = row;
  return { ...rest, ...unpackReport(report) };
}
