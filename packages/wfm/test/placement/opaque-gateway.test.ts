/** An opaque gateway is one device with the sum of what is behind it, so it may be said to fit too often. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseApplication, parseCapabilities } from '@muster/protocol';
import { answerOnDocuments } from '../../src/placement/documents.ts';

const machine = (id: string, cpus: number[], memory: string, storage: string): object => ({
  apiVersion: 'device.margo.org/v1alpha1',
  kind: 'DeviceCapabilitiesManifest',
  properties: {
    id,
    vendor: 'Halden Robotics',
    modelNumber: 'HR-1',
    serialNumber: `S-${id}`,
    cpus: cpus.map((cores) => ({ cores, architecture: 'amd64' })),
    memory,
    storage,
    peripherals: [],
    interfaces: [{ type: 'ethernet' }],
    otelCollector: true,
    supportedRuntimes: ['oci'],
    supportedDeploymentTypes: ['compose'],
  },
});
const child = machine('child', [4], '8Gi', '100Gi');
const gateway = machine('gateway', [4, 4], '16Gi', '200Gi');

const ask = (cores: number, memory: string, devices: readonly object[]) =>
  answerOnDocuments(
    parseApplication(
      JSON.stringify({ type: 'compose', requiredResources: { cpu: { cores }, memory, storage: '10Gi' } }),
    ),
    { count: 1, limit: 10, notFitting: 10 },
    devices.map((device) => parseCapabilities(device, { route: 'device' }).capabilities),
  );
const names = (answer: ReturnType<typeof ask>): string[] => answer.candidates.map((c) => c.deviceId);

describe('an opaque gateway', () => {
  it('is one candidate, and is said to fit though neither machine behind it could', () => {
    const answer = ask(4, '12Gi', [gateway, child]);
    assert.equal(answer.devices, 2);
    assert.deepEqual(names(answer), ['gateway']);
    assert.deepEqual(
      answer.notFitting.map((n) => [n.deviceId, n.whyNot[0]?.unmet.map((c) => c.constraint)]),
      [['child', ['memory']]],
    );
  });

  it('takes one copy for each of its CPU entries that is large enough', () => {
    assert.equal(ask(4, '8Gi', [gateway]).copies, 2);
    assert.equal(ask(4, '12Gi', [gateway]).copies, 1);
  });

  it('does not fit where only its CPU entries together would be enough', () => {
    const answer = ask(5, '1Gi', [gateway]);
    assert.deepEqual(names(answer), []);
    assert.deepEqual(
      answer.notFitting[0]?.whyNot[0]?.unmet.map((c) => c.constraint),
      ['cpu'],
    );
  });
});
