/** What the contracts share: a fleet that is made by hand. */
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import {
  type Application,
  type Capabilities,
  capabilitiesToJson,
  parseQuantity,
  type Requirement,
} from '@muster/protocol';
import { offerDigest, offerOf } from '../../../src/placement/offer.ts';
import type { PlacementQuestion } from '../../../src/placement/answer.ts';
import type { Store } from '../../../src/store/ports.ts';
import { applicant, terms } from '../../store/contract.ts';
import type { ReferenceDevice } from '../reference.ts';

export async function admit(store: Store, name: string): Promise<string> {
  const clientId = randomUUID();
  await store.enrollments.admit({
    applicant: applicant(name),
    clientId,
    decidedBy: 'policy',
    terms,
    receipt: null,
    now: 1,
  });
  return clientId;
}

/** Reports a device as the device path does. */
export async function report(store: Store, clientId: string, c: Capabilities, now = 5): Promise<string> {
  const model = JSON.stringify(capabilitiesToJson(c));
  const document = Buffer.from(model);
  return store.devices.upsert({
    clientId,
    deviceId: c.deviceId,
    profile: 'rc.2c',
    model,
    document,
    digest: createHash('sha256').update(document).digest('hex'),
    now,
    mode: 'keyed',
    claim: null,
  });
}

export const digestOf = (d: ReferenceDevice): string => offerDigest(JSON.stringify(offerOf(d.capabilities)));
export const ask = (
  application: Application,
  change: Partial<PlacementQuestion> = {},
): PlacementQuestion => ({
  application,
  count: 1,
  limit: 1000,
  missLimit: 1000,
  ...change,
});
export const app = (...requirements: Requirement[]): Application => ({
  id: 'app',
  name: 'app',
  version: '1',
  profiles: requirements.map((r, i) => ({ id: `p${i}`, requirement: r, components: [] })),
});
export const none: Requirement = { peripherals: [], interfaces: [], eligibility: [] };

export const box: Capabilities = {
  deviceId: 'gw',
  vendor: 'Halden',
  modelNumber: 'HR',
  serialNumber: 'S-77',
  hosting: {
    cpuGroups: [{ milliCores: 4000, architecture: 'amd64' }],
    memory: parseQuantity('8Gi'),
    storage: parseQuantity('59 Gi'),
    peripherals: [{ type: 'camera', manufacturer: 'Optowerk' }],
    interfaces: [{ type: 'ethernet' }],
    otelCollector: true,
    runtimes: ['oci'],
    deploymentTypes: ['compose'],
  },
  extensions: {},
};
export const hostingOf = (c: Capabilities): NonNullable<Capabilities['hosting']> => {
  assert.ok(c.hosting);
  return c.hosting;
};

/** Opens an empty store. */
export type Open = () => Promise<Store>;
