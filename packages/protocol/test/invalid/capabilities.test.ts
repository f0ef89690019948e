/** Every kind of invalid capability document that the standard names. */
import { parseCapabilitiesText } from '../../src/index.ts';
import { table } from './table.ts';

const capabilities = `{
  "apiVersion": "device.margo.org/v1alpha1",
  "kind": "DeviceCapabilitiesManifest",
  "properties": {
    "id": "cell7-gw/vision-1",
    "vendor": "Halden Robotics",
    "modelNumber": "HR-VIS-2",
    "serialNumber": "HRV2-000731",
    "cpus": [
      { "cores": 8, "architecture": "amd64" },
      { "cores": 0.5, "architecture": "arm" }
    ],
    "memory": "24Gi",
    "storage": "512Gi",
    "peripherals": [{ "type": "gpu", "manufacturer": "NVIDIA" }],
    "interfaces": [{ "type": "ethernet" }],
    "otelCollector": true,
    "supportedRuntimes": ["oci"],
    "supportedDeploymentTypes": ["compose"]
  },
  "x-halden-robotics-extensions": { "mountingPosition": "ceiling" }
}
`;

const roles = `{
  "apiVersion": "device.margo.org/v1alpha1",
  "kind": "DeviceCapabilitiesManifest",
  "properties": {
    "id": "press-4",
    "vendor": "Brennwald Controls",
    "modelNumber": "BX-700",
    "serialNumber": "BX7-2291-0004",
    "roles": ["Standalone Device"],
    "resources": {
      "cpu": { "cores": 3.5, "architecture": "arm64" },
      "memory": "6Gi",
      "storage": "120Gi",
      "peripherals": [],
      "interfaces": []
    }
  }
}
`;

const device = (text: string): unknown =>
  parseCapabilitiesText(text, { route: 'device', deviceId: 'cell7-gw/vision-1' });

const cpu = 'properties.cpus[0]';
table('capabilities of rc.2-C', capabilities, device, [
  ['another apiVersion', 'v1alpha1', 'v9', 2, 'apiVersion'],
  ['another kind', 'DeviceCapabilitiesManifest', 'Capabilities', 3, 'kind'],
  ['an unknown root', '"kind"', '"labels": {},\n  "kind"', 3, 'labels'],
  ['an extension named otherwise', 'x-halden-robotics', 'x-Halden', 21, 'x-Halden-extensions'],
  ['an extension that is no object', /\{ "mounting.*/, '[]', 21, 'x-halden-robotics-extensions'],
  ['another id than the path', 'gw/vision-1', 'gw/vision-2', 5, 'properties.id'],
  ['no vendor', /.*"vendor".*\n/, '', 4, 'properties.vendor'],
  ['no model number', /.*"modelNumber".*\n/, '', 4, 'properties.modelNumber'],
  ['no serial number', /.*"serialNumber".*\n/, '', 4, 'properties.serialNumber'],
  ['no cores', '"cores": 8', '"core": 8', 10, `${cpu}.cores`],
  ['0 cores', '"cores": 8', '"cores": 0', 10, `${cpu}.cores`],
  ['negative cores', '"cores": 8', '"cores": -8', 10, `${cpu}.cores`],
  ['cores as a text', '"cores": 8', '"cores": "8"', 10, `${cpu}.cores`],
  ['cores beyond millicores', '"cores": 8', '"cores": 8.0005', 10, `${cpu}.cores`],
  ['an architecture that no device has', 'amd64', 'riscv64', 10, `${cpu}.architecture`],
  ['an architecture that every object has', 'amd64', 'constructor', 10, `${cpu}.architecture`],
  ['both cpu and cpus', '"cpus"', '"cpu": [{ "cores": 1 }],\n    "cpus"', 9, 'properties.cpu'],
  ['no CPU on a device that hosts', /"cpus": \[[^]*?\n {4}\]/, '"cpus": []', 9, 'properties.cpus'],
  ['no memory beside the rest', /.*"memory".*\n/, '', 4, 'properties.memory'],
  ['no storage beside the rest', /.*"storage".*\n/, '', 4, 'properties.storage'],
  ['no collector beside the rest', /.*"otelCollector".*\n/, '', 4, 'properties.otelCollector'],
  ['no runtime', '["oci"]', '[]', 18, 'properties.supportedRuntimes'],
  ['no deployment type', '["compose"]', '[]', 19, 'properties.supportedDeploymentTypes'],
  ['a runtime out of the list', '"oci"', '"wasm"', 18, 'properties.supportedRuntimes[0]'],
  [
    'a deployment type out of the list',
    '"compose"',
    '"docker"',
    19,
    'properties.supportedDeploymentTypes[0]',
  ],
  ['an empty quantity', '24Gi', '', 13, 'properties.memory'],
  ['a signed quantity', '24Gi', '-24Gi', 13, 'properties.memory'],
  ['a decimal quantity', '24Gi', '2.4Gi', 13, 'properties.memory'],
  ['a quantity with an exponent', '24Gi', '1e3Gi', 13, 'properties.memory'],
  ['a quantity without a unit', '24Gi', '24', 13, 'properties.memory'],
  ['a quantity in K', '24Gi', '24K', 13, 'properties.memory'],
  ['a quantity in GB', '24Gi', '24GB', 13, 'properties.memory'],
  ['a quantity in MiB', '24Gi', '24MiB', 13, 'properties.memory'],
  ['a quantity in lower case', '24Gi', '24gi', 13, 'properties.memory'],
  ['a quantity of 2^63 bytes', '512Gi', '8Ei', 14, 'properties.storage'],
  ['a quantity as a number', '"24Gi"', '24', 13, 'properties.memory'],
  ['a peripheral that no device has', '"gpu"', '"other"', 15, 'properties.peripherals[0].type'],
  ['an interface that no device has', '"ethernet"', '"other"', 16, 'properties.interfaces[0].type'],
  ['a key twice', '"kind"', '"kind": "x",\n  "kind"', 4, '', 'malformed-json'],
]);

const strictly = (text: string): unknown => parseCapabilitiesText(text, { route: 'device', strict: true });
table('capabilities of rc.2-C where nothing is tolerated', capabilities, strictly, [
  ['another name of an architecture', 'amd64', 'x86_64', 10, `${cpu}.architecture`],
  ['a peripheral in upper case', '"gpu"', '"GPU"', 15, 'properties.peripherals[0].type'],
  ['no list of peripherals', /.*"peripherals".*\n/, '', 4, 'properties.peripherals'],
  ['no list of interfaces', /.*"interfaces".*\n/, '', 4, 'properties.interfaces'],
  [
    'no collector where workloads run',
    'Collector": true',
    'Collector": false',
    17,
    'properties.otelCollector',
  ],
  ['one CPU that is no list', /\[\s*\{ "cores": 8[^]*?\]/, '{ "cores": 8 }', 9, 'properties.cpus'],
]);

const ids = (text: string): unknown => parseCapabilitiesText(text, { route: 'device' });
table('the id of a device', capabilities, ids, [
  ['an empty segment', 'gw/vision', 'gw//vision', 5, 'properties.id'],
  ['a star, which is for deployments', '/vision-1', '/*', 5, 'properties.id'],
  ['..', '/vision-1', '/..', 5, 'properties.id'],
  ['a blank', 'vision-1', 'vision 1', 5, 'properties.id'],
  ['513 characters', 'cell7-gw/vision-1', 'a'.repeat(513), 5, 'properties.id'],
  ['17 segments', 'cell7-gw/vision-1', Array(17).fill('a').join('/'), 5, 'properties.id'],
]);

table('capabilities of rc.1', roles, (text) => parseCapabilitiesText(text, { route: 'client' }), [
  ['a role out of the list', 'Standalone Device', 'Server', 9, 'properties.roles[0]'],
  ['a role that every object has', 'Standalone Device', 'constructor', 9, 'properties.roles[0]'],
  ['no roles', /.*"roles".*\n/, '', 4, 'properties.roles'],
  ['no resources', /,\n {4}"resources": \{[^]*?\n {4}\}/, '', 4, 'properties.resources'],
  ['0 cores', '3.5', '0', 11, 'properties.resources.cpu.cores'],
  ['no memory', /.*"memory".*\n/, '', 10, 'properties.resources.memory'],
  ['no list of peripherals', /.*"peripherals".*\n/, '', 10, 'properties.resources.peripherals'],
]);
