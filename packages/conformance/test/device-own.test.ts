/** The kit against Muster's own client: each kind of key, each shape of report, and a gateway. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, describe, it } from 'node:test';
import { join, type JoinOptions } from '@muster/device';
import { capabilitiesOf } from './support/client.ts';
import { checkWith, tellFailed } from './support/device.ts';

const root = await mkdtemp(joinPath(tmpdir(), 'muster-conform-own-'));
after(() => rm(root, { recursive: true, force: true }));

const inventory = joinPath(root, 'gateway.yaml');
const { id: _own, ...child } = capabilitiesOf().properties;
const gateway = { relayOnly: true, vendor: 'Halden', modelNumber: 'GW', serialNumber: 'G-1' };
await writeFile(inventory, JSON.stringify({ gateway, children: { a: child, b: child } }));

const ways: ReadonlyArray<Partial<JoinOptions>> = [
  { keyType: 'p256', profile: 'auto' },
  { keyType: 'p384', profile: 'rc.2b' },
  { keyType: 'rsa2048', profile: 'rc.2a' },
  { keyType: 'rsa3072', profile: 'rc.1' },
  { deviceId: 'gw', inventory },
];

describe("Muster's own client", { concurrency: 2 }, () => {
  for (const [i, way] of ways.entries())
    it(`has nothing to be remarked upon: ${JSON.stringify({ ...way, inventory: way.inventory !== undefined })}`, async () => {
      const joining = (joinString: string): Promise<unknown> =>
        join({ stateDirectory: joinPath(root, `state-${i}`), trust: { joinString }, ...way });
      const checked = await checkWith(({ joinString }) => joining(joinString));
      assert.deepEqual(tellFailed(checked), []);
      assert.equal(checked.report.conformant, true);
      const order = checked.outcomes.find((o) => o.check.id === 'report.gateway-first');
      assert.equal(order?.result, way.inventory === undefined ? 'skipped' : 'pass');
    });
});
