/** Gateways: the plan by table and property, and inventories on disk against a real WFM. */
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { before, describe, it } from 'node:test';
import { type Wfm } from '@muster/wfm';
import fc from 'fast-check';
import { requireBinding } from '../src/binding/binding.ts';
import { removeDevice } from '../src/capabilities/remove.ts';
import { readInventory } from '../src/gateway/inventory.ts';
import { type KnownDigest, plan } from '../src/gateway/plan.ts';
import { DeviceError, join, leave, report, runAgent, status } from '../src/index.ts';
import { openIdentity } from '../src/key/identity.ts';
import { itemsOf, layGround } from './support/ground.ts';

const { root, fresh, serve } = await layGround('gateway');

const hosting = {
  cpus: [{ cores: 2, architecture: 'arm64' }],
  memory: '2Gi',
  storage: '8Gi',
  peripherals: [],
  interfaces: [{ type: 'ethernet' }],
  otelCollector: true,
  supportedRuntimes: ['oci'],
  supportedDeploymentTypes: ['compose'],
};
const child = (serialNumber: string): object => ({
  vendor: 'Halden',
  modelNumber: 'V2',
  serialNumber,
  ...hosting,
});
const relay = { relayOnly: true, vendor: 'Halden', modelNumber: 'GW', serialNumber: 'G-1' };

const known = (entries: Record<string, string>): Map<string, KnownDigest> =>
  new Map(Object.entries(entries).map(([id, digest]) => [id, { digest, refused: null }]));
const steps = (wanted: Record<string, string>, have: Map<string, KnownDigest>, isWhole = false): string[] =>
  plan(new Map(Object.entries(wanted)), have, isWhole).map((s) => `${s.do} ${s.deviceId}`);

describe('the plan', () => {
  it('deletes the deepest first, reports parents first, and only what differs', () => {
    assert.deepEqual(steps({}, known({})), []);
    assert.deepEqual(steps({ 'g/a': '1' }, known({ 'g/a': '1' })), []);
    assert.deepEqual(steps({ 'g/a': '1' }, known({ 'g/a': '1' }), true), ['report g/a']);
    assert.deepEqual(steps({ 'g/a/x/y': '1', 'g/b': '1', 'g/a/x': '1' }, known({})), [
      'report g/b',
      'report g/a/x',
      'report g/a/x/y',
    ]);
    assert.deepEqual(steps({}, known({ 'g/a': '1', 'g/a/x': '1' })), ['delete g/a/x', 'delete g/a']);
    assert.deepEqual(
      steps({ 'g/a/x': '1' }, known({ 'g/a': '1', 'g/a/x': '1' })),
      ['delete g/a', 'report g/a/x'],
      'a WFM deletes what is below',
    );
    const refused = new Map([['g/a', { digest: null, refused: '1' }]]);
    assert.deepEqual(steps({ 'g/a': '1' }, refused), [], 'the same is not offered again');
    assert.deepEqual(steps({ 'g/a': '2' }, refused), ['report g/a']);
  });

  it('brings the WFM to the inventory by any sequence of edits, cut off anywhere', () => {
    const id = fc
      .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
      .map((segments) => ['g', ...segments].join('/'));
    const inventory = fc.dictionary(id, fc.constantFrom('1', '2'), { maxKeys: 12 });
    fc.assert(
      fc.property(fc.array(fc.tuple(inventory, fc.nat(10)), { maxLength: 8 }), inventory, (edits, last) => {
        const wfm = new Map<string, string>();
        const have = new Map<string, KnownDigest>();
        const carryOut = (wanted: Record<string, string>, limit: number): void => {
          const todo = plan(new Map(Object.entries(wanted)), have);
          for (const step of todo)
            if (step.do === 'report') have.set(step.deviceId, { digest: null, refused: null });
          for (const { do: what, deviceId } of todo.slice(0, limit)) {
            if (what === 'delete') {
              for (const key of wfm.keys())
                if (key === deviceId || key.startsWith(`${deviceId}/`)) wfm.delete(key);
              have.delete(deviceId);
            } else {
              wfm.set(deviceId, wanted[deviceId] ?? '');
              have.set(deviceId, { digest: wanted[deviceId] ?? '', refused: null });
            }
          }
        };
        for (const [wanted, limit] of edits) carryOut(wanted, limit);
        carryOut(last, Number.POSITIVE_INFINITY);
        assert.deepEqual(new Map([...wfm].sort()), new Map(Object.entries(last).sort()));
        assert.deepEqual(plan(new Map(Object.entries(last)), have), []);
      }),
    );
  });
});

describe('a gateway', () => {
  let wfm: Wfm;
  before(async () => {
    wfm = await serve();
  });

  type Told = Record<string, { serialNumber: string; hosting?: object }>;
  async function devicesOf(clientId: string): Promise<Told> {
    const items = await itemsOf<{ clientId: string; deviceId: string; capabilities: Told[string] }>(
      wfm,
      '/devices?limit=200',
    );
    return Object.fromEntries(
      items.filter((d) => d.clientId === clientId).map((d) => [d.deviceId, d.capabilities]),
    );
  }
  const idsOf = async (clientId: string): Promise<string[]> => Object.keys(await devicesOf(clientId)).sort();
  const serials = async (clientId: string): Promise<string> =>
    Object.entries(await devicesOf(clientId))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, d]) => `${id}=${d.serialNumber}`)
      .join(' ');

  it('reports itself and its children from a file, with deletes, and leaves with them', async () => {
    const stateDirectory = fresh();
    const inventory = joinPath(root, 'inventory.yaml');
    const write = (children: object, gateway: object = relay): Promise<void> =>
      writeFile(inventory, JSON.stringify({ gateway, children }));
    await write({ 'rack/plc': child('P'), 'vision-1': child('V'), 'gw/far': child('F') });
    const { clientId } = await join({
      stateDirectory,
      deviceId: 'gw',
      trust: { joinString: wfm.joinString },
      inventory,
    });
    assert.equal(await serials(clientId), 'gw=G-1 gw/far=F gw/rack/plc=P gw/vision-1=V');
    assert.equal((await devicesOf(clientId))['gw']?.hosting, undefined, 'it only relays');

    await write({ 'rack/plc': child('P2'), 'vision-1': { ...child('V'), memory: '8 potatoes' } });
    const { children } = await report({ stateDirectory, inventory });
    assert.equal(
      await serials(clientId),
      'gw=G-1 gw/rack/plc=P2 gw/vision-1=V',
      'a bad child stays as it was',
    );
    assert.deepEqual(
      children.map((c) => `${c.deviceId} ${c.state}`),
      ['gw/rack/plc reported', 'gw/vision-1 kept'],
    );
    assert.match(children[1]?.seen ?? '', /memory/);
    assert.deepEqual((await status({ stateDirectory })).children, children);

    await writeFile(inventory, 'gateway: {relayOnly: true}\n');
    await assert.rejects(
      report({ stateDirectory, inventory }),
      (e) => e instanceof DeviceError && e.code === 'usage' && /children is no mapping/.test(e.seen ?? ''),
    );
    assert.deepEqual(
      await idsOf(clientId),
      ['gw', 'gw/rack/plc', 'gw/vision-1'],
      'a cut file deletes nothing',
    );

    // The WFM loses the gateway and with it all that is below.
    const [binding, identity] = [
      await requireBinding(stateDirectory),
      await openIdentity({ stateDirectory }),
    ];
    assert.equal(await removeDevice({ binding, identity, deviceId: 'gw', now: Date.now }), 204);
    assert.deepEqual(await idsOf(clientId), []);
    await write({ 'rack/plc': child('P2'), 'vision-1': child('V') });
    await report({ stateDirectory, inventory });
    assert.deepEqual(await idsOf(clientId), ['gw', 'gw/rack/plc', 'gw/vision-1']);
    await leave({ stateDirectory });
    assert.deepEqual(await idsOf(clientId), []);
  });

  it('reports one opaque device where the WFM has no gateways', async () => {
    const stateDirectory = fresh();
    const inventory = joinPath(root, 'opaque.yaml');
    await writeFile(
      inventory,
      JSON.stringify({ gateway: relay, children: { a: child('A'), b: child('B') } }),
    );
    const trust = { joinString: wfm.joinString };
    const { clientId } = await join({ stateDirectory, deviceId: 'gw', trust, inventory, profile: 'rc.1' });
    const devices = await devicesOf(clientId);
    assert.deepEqual(Object.keys(devices), ['gw']);
    assert.match(JSON.stringify(devices['gw']), /"memory":"?[^}]*4Gi/);
    assert.deepEqual(
      (await status({ stateDirectory })).children.map((c) => c.state),
      ['reported', 'reported'],
    );
  });

  it('names what stands in the way in a directory', async () => {
    const folder = joinPath(root, 'named');
    await mkdir(joinPath(folder, 'rack'), { recursive: true });
    await writeFile(joinPath(folder, 'a.yaml'), JSON.stringify({ ...child('A'), id: 'gw/b' }));
    await writeFile(joinPath(folder, 'b.json'), JSON.stringify(child('B')));
    await writeFile(joinPath(folder, 'c.yml'), 'vendor: [half');
    await writeFile(joinPath(folder, 'd e.yml'), JSON.stringify(child('D')));
    await writeFile(joinPath(folder, 'rack', 'x.json'), JSON.stringify({ properties: child('X') }));
    await writeFile(joinPath(folder, '.hidden.yaml'), 'no');
    await writeFile(joinPath(folder, 'notes.txt'), 'no');
    await writeFile(joinPath(folder, 'typo.yaml'), JSON.stringify({ ...child('T'), memroy: '1Gi' }));
    const read = await readInventory(folder, 'gw');
    assert.deepEqual([...read.children.keys()], ['gw/b', 'gw/rack/x']);
    assert.deepEqual(
      read.problems.map((p) => `${p.source} ${p.deviceId}`),
      ['b.json gw/b', 'c.yml gw/c', 'd e.yml null', 'typo.yaml gw/typo'],
    );
    assert.match(read.problems.at(-1)?.seen ?? '', /memroy/);
    await assert.rejects(
      readInventory(joinPath(root, 'nowhere'), 'gw'),
      (e) => e instanceof DeviceError && e.code === 'usage',
    );
  });

  it('follows a watched directory, over a restart, too', async () => {
    const stateDirectory = fresh();
    const inventory = joinPath(root, 'watched');
    await mkdir(inventory);
    const file = (name: string): string => joinPath(inventory, name);
    await writeFile(file('gateway.yaml'), JSON.stringify(relay));
    await writeFile(file('a.yaml'), JSON.stringify(child('A')));
    await writeFile(file('b.yaml'), JSON.stringify(child('B')));
    const { clientId } = await join({
      stateDirectory,
      deviceId: 'gw',
      trust: { joinString: wfm.joinString },
    });
    let told: string[] = [];
    let look: () => void = () => undefined;
    const start = (): (() => Promise<void>) => {
      const stop = new AbortController();
      // Polls seldom: what is seen below was seen by watching.
      const ended = runAgent({
        stateDirectory,
        inventory,
        pollSeconds: 3_600,
        spreadSeconds: 0,
        signal: stop.signal,
        onEvent: (e) => {
          if (e.event === 'reported' || e.event === 'removed') told.push(`${e.event} ${e.deviceId}`);
          if (e.event === 'state') told.push(`${e.state} ${e.detail ?? ''}`.trim());
          look();
        },
      });
      return async () => {
        stop.abort();
        await ended;
      };
    };
    const until = (pattern: RegExp): Promise<void> =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${pattern} not in: ${told.join(' | ')}`)), 15_000);
        look = () => {
          if (!told.some((line) => pattern.test(line))) return;
          clearTimeout(timer);
          resolve();
        };
        look();
      });

    let stop = start();
    await until(/^active/);
    assert.deepEqual(told, ['reported gw', 'reported gw/a', 'reported gw/b', 'active']);
    told = [];
    await writeFile(file('a.yaml'), '{ vendor: Halden, modelNumber');
    await until(/^active .*gw\/a \(kept/);
    assert.equal(await serials(clientId), 'gw=G-1 gw/a=A gw/b=B', 'half written: the last good state stays');
    told = [];
    await writeFile(file('a.yaml'), JSON.stringify(child('A2')));
    await until(/^reported gw\/a$/);
    await until(/^active$/);
    told = [];
    await rm(file('b.yaml'));
    await until(/^removed gw\/b$/);
    assert.equal(await serials(clientId), 'gw=G-1 gw/a=A2');
    await stop();

    await rm(file('a.yaml'));
    await writeFile(file('c.yaml'), JSON.stringify(child('C')));
    told = [];
    stop = start();
    await until(/^reported gw\/c$/);
    await stop();
    assert.deepEqual(
      told.filter((line) => line.includes('gw/')),
      ['removed gw/a', 'reported gw/c'],
      'what went while the daemon was down is deleted, and only differences are sent',
    );
    assert.equal(await serials(clientId), 'gw=G-1 gw/c=C');
  });
});
