/** What changed between two reports of a device, in words. Pure. */
import type { Capabilities } from '@muster/protocol';
import { coresText, kiText, type Offer, offerOf } from '../placement/offer.ts';
import { peripheralText } from '../placement/peripherals.ts';

function cpus(offer: Offer): string {
  return (
    offer.hosting?.cpuGroups
      .map((g) => `${coresText(g.milliCores)} ${g.architecture ?? ''}`.trim())
      .join(' + ') ?? ''
  );
}

function sets(before: readonly string[], after: readonly string[]): string[] {
  const left = [...after];
  const removed = before.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [...removed.map((one) => `${one} removed`), ...left.map((one) => `${one} added`)];
}

/** @returns one line for each thing that changed, such as `memory 8Gi → 6Gi` or `camera removed` */
export function inventoryDiff(before: Capabilities, after: Capabilities): string[] {
  const [a, b] = [offerOf(before), offerOf(after)];
  const lines: string[] = [];
  const changed = (name: string, from: string | undefined, to: string | undefined): void => {
    if (from !== to) lines.push(`${name} ${from || 'none'} → ${to || 'none'}`);
  };
  changed('vendor', a.vendor, b.vendor);
  changed('model', a.modelNumber, b.modelNumber);
  changed('serial number', before.serialNumber, after.serialNumber);
  if (a.hosting === null || b.hosting === null) {
    if (a.hosting !== b.hosting)
      lines.push(b.hosting === null ? 'takes no workloads any more' : 'takes workloads now');
  } else {
    changed('cpu', cpus(a), cpus(b));
    changed('memory', kiText(a.hosting.memoryKi), kiText(b.hosting.memoryKi));
    changed('storage', kiText(a.hosting.storageKi), kiText(b.hosting.storageKi));
    lines.push(...sets(a.hosting.peripherals.map(peripheralText), b.hosting.peripherals.map(peripheralText)));
    lines.push(...sets(a.hosting.interfaces, b.hosting.interfaces));
    lines.push(
      ...sets(
        a.hosting.runtimes.map((r) => `runtime ${r}`),
        b.hosting.runtimes.map((r) => `runtime ${r}`),
      ),
    );
    lines.push(
      ...sets(
        a.hosting.deploymentTypes.map((t) => `deployment type ${t}`),
        b.hosting.deploymentTypes.map((t) => `deployment type ${t}`),
      ),
    );
    changed('OTEL collector', String(a.hosting.otelCollector ?? ''), String(b.hosting.otelCollector ?? ''));
  }
  const [from, to] = [JSON.stringify(before.extensions ?? {}), JSON.stringify(after.extensions ?? {})];
  if (from !== to) lines.push('vendor extensions changed');
  // A report may differ in nothing but its spelling.
  return lines.slice(0, 50);
}
