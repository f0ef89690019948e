/** `muster devices` and `muster reservations`, as processes beside a real WFM with a gateway and its child. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Ran, startPlace } from './support.ts';

const place = await startPlace({ admission: 'open' });
after(() => place.stop());

/** What a device says of itself, in a file beside it. */
const offers = (change: object = {}): object => ({
  vendor: 'Halden Robotics',
  modelNumber: 'HR-1',
  serialNumber: 'S-1',
  cpus: [{ cores: 4, architecture: 'amd64' }],
  memory: '8Gi',
  storage: '59Gi',
  peripherals: [{ type: 'camera' }],
  interfaces: [{ type: 'ethernet' }],
  supportedDeploymentTypes: ['compose'],
  ...change,
});

async function muster(...args: string[]): Promise<Ran> {
  const ran = await place.muster(...args);
  assert.equal(ran.code, 0, `${args.join(' ')}: ${ran.stderr}`);
  return ran;
}
const file = (name: string): string => join(place.root, name);
const save = (name: string, content: object): Promise<void> => writeFile(file(name), JSON.stringify(content));

describe('muster devices', () => {
  let clientId = '';
  before(async () => {
    await save('box.json', offers());
    await save('needs.json', { requiredResources: { memory: '4Gi', peripherals: [{ type: 'camera' }] } });
    const join_ = ['device', 'join', place.wfm.joinString, '--state', 'd', '--device-id', 'box'];
    clientId = String((await muster(...join_, '--capabilities', 'box.json', '--json')).json['clientId']);
  });

  it('lists, shows, counts and draws what is there', async () => {
    const listed = (await muster('devices', 'list', '--selector', '/memory>4Gi', '--json')).json['items'];
    assert.equal((listed as object[]).length, 1);
    assert.match((await muster('devices', 'list', '--text', 'halden')).stdout, /box .*4 amd64.*8Gi/);
    const shown = (await muster('devices', 'show', clientId, 'box', '--json')).json;
    assert.deepEqual([shown['profile'], shown['revision']], ['rc.2c', 1]);
    assert.match((await muster('devices', 'facets')).stdout, /peripheral +camera +1/);
    assert.equal((await muster('devices', 'tree', clientId)).stdout, 'box\n');
  });

  it('labels, and finds by the label', async () => {
    await muster('devices', 'label', clientId, 'site=plant7', 'line=4');
    await muster('devices', 'label', clientId, 'line-', '--device', 'box');
    const found = async (selector: string): Promise<number> =>
      ((await muster('devices', 'list', '--selector', selector, '--json')).json['items'] as object[]).length;
    assert.deepEqual([await found('site=plant7'), await found('site!=plant7')], [1, 0]);
    assert.equal((await place.muster('devices', 'label', clientId, 'nonsense')).code, 2);
  });

  it('exports as CSV and as JSON Lines', async () => {
    const csv = (await muster('devices', 'export')).stdout.split('\r\n');
    assert.match(csv[0] ?? '', /^clientId,deviceId,vendor,/);
    assert.match(
      csv[1] ?? '',
      new RegExp(`^${clientId},box,Halden Robotics,HR-1,S-1,4 amd64,8Gi,59Gi,camera,`),
    );
    const { stdout } = await muster('devices', 'export', '--format', 'jsonl', '--selector', 'site=plant7');
    assert.equal((JSON.parse(stdout) as { deviceId: string }).deviceId, 'box');
    assert.equal((await place.muster('devices', 'export', '--format', 'xml')).code, 2);
  });

  it('reserves, shows what is reserved, raises an alert when it is lost, and releases', async () => {
    const made = (
      await muster('reservations', 'make', 'needs.json', clientId, 'box', '--seconds', '600', '--json')
    ).json;
    assert.match((await muster('reservations', 'list')).stdout, /requirements +box/);
    for (const [option, value, count] of [
      ['--client', clientId, 1],
      ['--client', 'another', 0],
      ['--application', 'requirements', 1],
      ['--application', 'another', 0],
    ] as const) {
      const { json } = await muster('reservations', 'list', option, value, '--json');
      assert.equal((json['items'] as object[]).length, count, `${option} ${value}`);
    }
    const why = await muster('place', 'needs.json', '--client', clientId, '--why', 'box');
    assert.match(why.stdout, /memory +4Gi +4Gi free of 8Gi +yes/);
    await save('box.json', offers({ memory: '6Gi', peripherals: [] }));
    await muster('device', 'report', '--state', 'd', '--capabilities', 'box.json');
    assert.match(
      (await muster('devices', 'revisions', clientId, 'box')).stdout,
      /2 .* rc\.2c +memory 8Gi → 6Gi; camera removed/,
    );
    assert.match(
      (await muster('devices', 'alerts')).stdout,
      /a reservation +box +peripherals: needs camera, offered none/,
    );
    await muster('reservations', 'release', String(made['reservationId']));
    assert.deepEqual((await muster('devices', 'alerts', '--json')).json['items'], []);
  });
});
