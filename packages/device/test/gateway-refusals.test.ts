/** WFMs that do not take all of a gateway: one child refused, no children at all, no gateways known. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { isObject } from '@muster/protocol';
import { type DeviceEvent, join, report, status } from '../src/index.ts';
import { layGround } from './support/ground.ts';
import { answer, isOnboarding, type OtherServers, startOtherServers } from './support/other-servers.ts';

const { fresh } = await layGround('gateway-refusals');

const child = (serialNumber: string, cores: number): object => ({
  vendor: 'Halden',
  modelNumber: 'V2',
  serialNumber,
  cpus: [{ cores, architecture: 'arm64' }],
  memory: '2Gi',
  storage: '8Gi',
  peripherals: [],
  interfaces: [{ type: 'ethernet' }],
  otelCollector: true,
  supportedRuntimes: ['oci'],
  supportedDeploymentTypes: ['compose'],
});

describe('a gateway and a WFM that', () => {
  let others: OtherServers;
  before(async () => {
    others = await startOtherServers();
  });
  after(() => others.close());

  /** What is asked of whom: the method and the device's path, or `own` for the client's route. */
  const asked = (request: IncomingMessage): string =>
    `${request.method} ${/capabilities\/(.+)$/.exec(request.url ?? '')?.[1] ?? 'own'}`;
  async function inventoryOf(children: Record<string, object>): Promise<string> {
    const path = `${fresh('inventory')}.yaml`;
    const gateway = { relayOnly: true, vendor: 'Halden', modelNumber: 'GW', serialNumber: 'G' };
    await writeFile(path, JSON.stringify({ gateway, children }));
    return path;
  }
  const states = (children: readonly { deviceId: string | null; state: string }[]): string[] =>
    children.map((c) => `${c.deviceId} ${c.state}`);

  it('refuses one child with 422 gets the others, and the one again when it has changed', async () => {
    const seen: string[] = [];
    const trust = await others.serve((request, response) => {
      if (isOnboarding(request)) return answer(response, 201, { clientId: 'c-1' });
      seen.push(asked(request));
      if (!asked(request).endsWith('gw/b') || request.body.includes('"B2"')) return answer(response, 201);
      return answer(response, 422, {
        title: 'Unprocessable',
        errors: [{ field: 'properties.memory', message: 'is too much for this site' }],
      });
    });
    const stateDirectory = fresh();
    const children = { a: child('A', 1), b: child('B', 2), c: child('C', 4) };
    const inventory = await inventoryOf(children);
    const events: DeviceEvent[] = [];
    await join({ stateDirectory, deviceId: 'gw', trust, inventory, onEvent: (e) => events.push(e) });
    const told = (await status({ stateDirectory })).children;
    assert.deepEqual(states(told), ['gw/a reported', 'gw/b refused', 'gw/c reported']);
    assert.match(told[1]?.seen ?? '', /properties\.memory.*too much/);
    assert.ok(events.some((e) => e.event === 'child-refused' && e.deviceId === 'gw/b'));
    assert.deepEqual(seen, ['PUT gw', 'PUT gw/a', 'PUT gw/b', 'PUT gw/c']);

    await writeFile(inventory, JSON.stringify({ children: { ...children, b: child('B2', 2) } }));
    const again = await report({ stateDirectory, inventory });
    assert.deepEqual(states(again.children), ['gw/a reported', 'gw/b reported', 'gw/c reported']);
  });

  it('knows no route for what is behind a gateway (404) has the gateway, and the children are named', async () => {
    const seen: string[] = [];
    const trust = await others.serve((request, response) => {
      if (isOnboarding(request)) return answer(response, 201, { clientId: 'c-2' });
      seen.push(asked(request));
      return answer(response, asked(request) === 'PUT gw' ? 200 : 404, { title: 'Not Found' });
    });
    const stateDirectory = fresh();
    const inventory = await inventoryOf({ a: child('A', 1), b: child('B', 2) });
    const joined = await join({ stateDirectory, deviceId: 'gw', trust, inventory });
    assert.equal(joined.clientId, 'c-2');
    const { children } = await status({ stateDirectory });
    assert.deepEqual(states(children), ['gw/a refused', 'gw/b refused']);
    assert.match(children[0]?.seen ?? '', /404/);
    // For each child the gateway is sent once more, in case that it was lost; then that is that.
    assert.deepEqual(seen, ['PUT gw', 'PUT gw/a', 'PUT gw', 'PUT gw/a', 'PUT gw/b', 'PUT gw', 'PUT gw/b']);
  });

  it('has no gateways (rc.1) gets one device with the largest processor, memory and storage added up', async () => {
    const bodies: Record<string, unknown>[] = [];
    const trust = await others.serve((request, response) => {
      if (isOnboarding(request)) return answer(response, 201, { clientId: 'c-3' });
      const body: unknown = JSON.parse(request.body);
      const properties = isObject(body) && isObject(body['properties']) ? body['properties'] : {};
      if (asked(request) !== 'PUT own' || !Array.isArray(properties['roles'])) return answer(response, 404);
      bodies.push(properties);
      return answer(response, 201);
    });
    const stateDirectory = fresh();
    const inventory = await inventoryOf({ a: child('A', 1), 'rack/b': child('B', 4), c: child('C', 2) });
    const joined = await join({ stateDirectory, deviceId: 'gw', trust, inventory });
    assert.equal(joined.profile, 'rc.1', 'learned, not told');
    const resources = bodies.at(-1)?.['resources'] as Record<string, unknown>;
    assert.equal(bodies.at(-1)?.['id'], 'gw');
    assert.deepEqual(
      [resources['cpu'], resources['memory'], resources['storage']],
      [{ cores: 4, architecture: 'arm64' }, '6Gi', '24Gi'],
    );
    const { children } = await status({ stateDirectory });
    assert.deepEqual(states(children), ['gw/a reported', 'gw/c reported', 'gw/rack/b reported']);
    // Nothing has changed: nothing more than the one device is sent by a report.
    const before_ = bodies.length;
    await report({ stateDirectory, inventory });
    assert.equal(bodies.length, before_ + 1);
  });
});
