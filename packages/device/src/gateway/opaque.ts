/** A gateway and all behind it as one device, for a WFM that has no gateways (rc.1). Pure. */
import { type Capabilities, formatQuantity, type Hosting, type Quantity } from '@muster/protocol';

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];

function sum(quantities: readonly Quantity[], largest: 'Gi' | 'Ei'): Quantity {
  const bytes = quantities.reduce((total, q) => total + q.bytes, 0n);
  return { text: formatQuantity(bytes, largest), bytes };
}

/** One CPU group for each one there is, memory and storage added up, everything else side by side. */
export function opaqueGateway(gateway: Capabilities, children: readonly Capabilities[]): Capabilities {
  const hosts: Hosting[] = [gateway, ...children].flatMap((c) => c.hosting ?? []);
  if (hosts.length === 0) return gateway;
  const hosting: Hosting = {
    cpuGroups: hosts.flatMap((h) => h.cpuGroups),
    memory: sum(
      hosts.map((h) => h.memory),
      'Gi',
    ),
    storage: sum(
      hosts.map((h) => h.storage),
      'Ei',
    ),
    peripherals: hosts.flatMap((h) => h.peripherals),
    interfaces: hosts.flatMap((h) => h.interfaces),
    otelCollector: hosts.every((h) => h.otelCollector !== false),
    runtimes: unique(hosts.flatMap((h) => h.runtimes)),
    deploymentTypes: unique(hosts.flatMap((h) => h.deploymentTypes)),
  };
  return { ...gateway, hosting };
}
