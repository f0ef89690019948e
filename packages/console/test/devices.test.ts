/** What devices offer: found, narrowed, exported, looked at one by one; what drifts; what is behind gateways. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { capabilities, onboard, signedSend, testClient } from '../../wfm/test/support/wfm.ts';
import { openBrowser } from './support/browser.ts';
import { type Reporting, reportingClient } from './support/fleet.ts';
import { type ConsoleRig, startConsole } from './support/rig.ts';

const browser = await openBrowser();
const skip = typeof browser === 'string' ? browser : false;

const hostile = `<img src=x onerror="document.title='run'">\u202e`;
const long = 'm'.repeat(200);

describe('the pages of devices', { skip }, () => {
  let rig: ConsoleRig;
  let plant: Reporting;
  before(async () => {
    assert.ok(typeof browser !== 'string');
    rig = await startConsole(browser);
    plant = await reportingClient(rig, 'plant 7');
    await plant.report('gw', { vendor: 'Acme, Inc.' });
    await plant.report('gw/cam', { peripherals: [{ type: 'camera', manufacturer: 'Bosch' }] });
    await plant.report('gw/line/arm', { cpus: [{ cores: 2, architecture: 'arm64' }] });
    await plant.report('foreign', { vendor: hostile, modelNumber: long });
    await rig.wfm.operator('POST', '/labels', {
      clientId: plant.clientId,
      deviceId: 'gw/cam',
      labels: { line: '4' },
    });
  });
  afterEach(() => rig.closePages());
  after(async () => {
    await rig.stop();
    if (typeof browser !== 'string') await browser.close();
  });

  /** Waits until these devices are listed, and no others. */
  async function listed(page: Page, ids: readonly string[]): Promise<void> {
    await page.getByText(`${ids.length} found`, { exact: true }).waitFor();
    await page.getByText(`${ids.length} in all`).waitFor();
    for (const id of ids) await page.getByRole('link', { name: id, exact: true }).waitFor();
    assert.equal(await page.getByRole('table', { name: 'Devices' }).getByRole('row').count(), ids.length + 1);
  }
  const facet = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

  it('narrows by a click on what is counted, and back by another, in the address', async () => {
    const page = await rig.open('devices', rig.adminToken);
    await listed(page, ['gw', 'gw/cam', 'gw/line/arm', 'foreign']);
    await facet(page, 'Architecture amd64: 3').click();
    await listed(page, ['gw', 'gw/cam', 'foreign']);
    await facet(page, 'Peripheral camera: 1').click();
    await listed(page, ['gw/cam']);
    const selector = new URL(page.url()).searchParams.get('selector');
    assert.equal(selector, '/cpus[*]/architecture has-any (amd64), /peripherals[*]/type has-any (camera)');
    await page.reload();
    await listed(page, ['gw/cam']);
    await facet(page, 'Architecture amd64: 1').click();
    await facet(page, 'Peripheral camera: 1').click();
    assert.equal(new URL(page.url()).searchParams.get('selector'), null);
    // Where a value would end early it stands in quotes. What is markup is text.
    await facet(page, 'Vendor Acme, Inc.: 1').click();
    await listed(page, ['gw']);
    await facet(page, 'Vendor Acme, Inc.: 1').click();
    await page.getByRole('button', { name: 'Vendor <img src=x onerror' }).click();
    await listed(page, ['foreign']);
    await page.getByLabel('Selector').fill('line=4');
    await listed(page, ['gw/cam']);
    await facet(page, 'Label line=4: 1').click();
    await listed(page, ['gw', 'gw/cam', 'gw/line/arm', 'foreign']);
    assert.equal(await page.title(), 'Devices · Muster');
  });

  it('takes selectors as they are typed, with text and order, and says what is wrong with one', async () => {
    const page = await rig.open('devices?sort=-deviceId', rig.adminToken);
    await page.getByLabel('Selector').fill('/memory>4Gi, line');
    await listed(page, ['gw/cam']);
    await page.getByLabel('Selector').fill('line in (');
    await page.getByRole('alert').getByText('a bracket is not closed').first().waitFor();
    await page.getByLabel('Selector').fill('');
    await page.getByLabel('Text').fill('gw/');
    await listed(page, ['gw/line/arm', 'gw/cam']);
    const first = page.getByRole('table', { name: 'Devices' }).getByRole('row').nth(1);
    assert.match(await first.innerText(), /^gw\/line\/arm/);
  });

  it('exports exactly what is seen, and says how many', async () => {
    const page = await rig.open('devices?text=gw%2F&sort=deviceId', rig.adminToken);
    for (const [button, name, lines] of [
      ['Export CSV', 'devices.csv', 3],
      ['Export JSON Lines', 'devices.jsonl', 2],
    ] as const) {
      const saving = page.waitForEvent('download');
      await page.getByRole('button', { name: button }).click();
      const saved = await saving;
      assert.equal(saved.suggestedFilename(), name);
      const text = await readFile(await saved.path(), 'utf8');
      assert.equal(text.trimEnd().split('\n').length, lines);
      assert.ok(text.includes('gw/cam') && !text.includes('foreign'));
      await page.getByRole('status').getByText(`2 devices saved as ${name}`).waitFor();
    }
  });

  it('shows a device whole: what it offers, what changed, and each report as it was received', async () => {
    const body = capabilities('cell', {
      cpus: [
        { cores: 4, architecture: 'amd64' },
        { cores: 0.5, architecture: 'arm64' },
      ],
      peripherals: [{ type: 'camera', manufacturer: 'Bosch', model: 'C-4' }],
      interfaces: [{ type: 'ethernet' }, { type: 'canbus' }],
    });
    await plant.send('cell', body);
    await plant.report('cell', { memory: '6Gi' });
    const page = await rig.open(`devices/${plant.clientId}/cell`, rig.adminToken);
    const offer = page.getByRole('region', { name: 'What it offers' });
    await offer.getByRole('row', { name: 'Memory 6Gi' }).waitFor();
    const revisions = page.getByRole('table', { name: 'Revisions' });
    const second = await revisions.getByRole('row', { name: /^2 / }).innerText();
    for (const line of ['memory 8Gi → 6Gi', 'camera Bosch C-4 removed', 'canbus removed', 'rc.2c'])
      assert.ok(second.includes(line), second);
    await page.getByRole('link', { name: 'report of revision 1' }).click();
    await page.getByRole('heading', { name: 'Report as received, revision 1' }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('revision'), '1');
    assert.equal(await page.getByRole('region', { name: 'Report', exact: true }).innerText(), body);
    await page.getByText(`sha256:${createHash('sha256').update(body).digest('hex')}`).waitFor();
    await page.getByRole('row', { name: `Size ${body.length} bytes` }).waitFor();
    // What comes next is there by itself.
    await plant.send('cell', body);
    for (const row of [
      'CPUs 4 amd64 cores 0.5 arm64 cores',
      'Memory 8Gi',
      'Storage 59 Gi',
      'Peripherals camera Bosch C-4',
      'Interfaces ethernet, canbus',
      'Runtimes oci',
      'Deployment types compose',
    ])
      await offer.getByRole('row', { name: row }).waitFor();
    await revisions.getByRole('row', { name: /^3 .*memory 6Gi → 8Gi/ }).waitFor();
    await page.getByText('It stands alone').waitFor();
    const fitting = await page.getByRole('link', { name: 'What would fit?' }).getAttribute('href');
    assert.equal(fitting, `/console/placement?device=${encodeURIComponent(`${plant.clientId}/cell`)}`);
    const unkept = await rig.open(`devices/${plant.clientId}/cell?revision=99`, rig.adminToken);
    await unkept.getByText('Revision 99 is not kept').waitFor();
    const nobody = await rig.open(`devices/${plant.clientId}/nobody`, rig.adminToken);
    await nobody.getByRole('alert').getByText(/404/).waitFor();
  });

  it('shows the labels of all three sources, which of them count, and sets those of operators', async () => {
    const { ticket } = (await rig.wfm.operator('POST', '/tickets', { labels: { batch: '7', site: 'a' } }))
      .body;
    const client = await testClient();
    const admitted = await onboard(rig.wfm, client, {}, { body: { 'x-muster-ticket': ticket } });
    const clientId = String(admitted.body['clientId']);
    const report = JSON.parse(capabilities('own')) as object;
    const labels = { line: '4', site: 'z' };
    const body = JSON.stringify({ ...report, 'x-muster-extensions': { labels } });
    const route = `/api/v1/clients/${clientId}/capabilities/own`;
    assert.equal((await signedSend(rig.wfm, client, 'PUT', route, body)).status, 201);
    const viewing = await rig.open(`devices/${clientId}/own`, await rig.tokenFor('viewer'));
    const setting = viewing.getByRole('button', { name: 'Set labels' });
    await viewing.getByRole('table', { name: 'Labels' }).waitFor();
    assert.match((await setting.getAttribute('aria-description')) ?? '', /needs the role operator/);
    const page = await rig.open(`devices/${clientId}/own`, await rig.tokenFor('operator'));
    const table = page.getByRole('table', { name: 'Labels' });
    await table.getByRole('row', { name: /batch=7 admission: .* its client/ }).waitFor();
    await table.getByRole('row', { name: /line=4 the device itself this device/ }).waitFor();
    await table.getByRole('row', { name: /site=z .*does not count: site=a stands above it/ }).waitFor();
    const dialog = page.getByRole('dialog');
    const fill = async (text: string): Promise<void> => {
      await dialog.waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Set labels' }).click();
      await dialog.getByLabel('Labels').fill(text);
      await dialog.getByRole('button', { name: 'Set labels' }).click();
    };
    await fill('batch=8\nshift=late');
    await table.getByRole('row', { name: /batch=8 operator: operator \d+ this device/ }).waitFor();
    await table.getByRole('row', { name: /batch=7 .*does not count: batch=8/ }).waitFor();
    await fill('shift=late');
    await table.getByRole('row', { name: /^batch=8/ }).waitFor({ state: 'detached' });
    await fill('-no=v');
    await page.getByRole('alert').getByText('a key has 1 to 128 of').waitFor();
  });

  it('shows what stands behind which gateway; an opaque one is one', async () => {
    await plant.report('opaque', {
      cpus: [
        { cores: 4, architecture: 'amd64' },
        { cores: 2, architecture: 'arm64' },
      ],
    });
    const page = await rig.open(`devices/${plant.clientId}/gw/cam`, rig.adminToken);
    const around = page.getByRole('region', { name: 'Gateway and devices behind it' });
    await around.getByText('see-thru gateway, 2 behind it').waitFor();
    assert.equal(await around.locator('[aria-current=page]').innerText(), 'cam');
    await around.getByRole('link', { name: 'all of this client' }).click();
    await page.getByRole('heading', { name: 'Gateways' }).waitFor();
    const one = page.getByRole('listitem').filter({ hasText: /^opaque/ });
    await one.getByText('4 amd64 + 2 arm64').waitFor();
    assert.equal(await one.getByRole('listitem').count(), 0);
    await page.getByText('has reported nothing itself').waitFor();
    await page.getByRole('link', { name: 'arm' }).click();
    await page.getByRole('heading', { name: 'gw/line/arm' }).waitFor();
  });

  it('tells of drift while it happens, with what was lost, and takes it back', async () => {
    const camera = { peripherals: [{ type: 'camera' }] };
    await plant.report('eye', camera);
    const application = 'type: compose\nrequiredResources: {memory: 4Gi, peripherals: [{type: camera}]}';
    const { clientId } = plant;
    await rig.wfm.operator('POST', '/reservations', { application, clientId, deviceId: 'eye' });
    await rig.wfm.operator('POST', '/requirements', { name: 'vision', application, selector: '/id=eye' });
    const page = await rig.open('drift-alerts', rig.adminToken);
    await page.getByText('No device has drifted').waitFor();
    await plant.report('eye');
    const because = page.getByRole('row').filter({ hasText: 'the requirement vision' });
    await because.getByText(/camera/).waitFor();
    const requirement = await because.getByRole('link', { name: 'vision' }).getAttribute('href');
    assert.equal(requirement, '/console/requirements/of/vision');
    const reservations = await page.getByRole('link', { name: 'a reservation' }).getAttribute('href');
    assert.equal(reservations, `/console/reservations?clientId=${clientId}`);
    await because.getByRole('link', { name: 'eye' }).click();
    await page.getByRole('heading', { name: 'eye', level: 1 }).waitFor();
    const drift = page.getByRole('region', { name: 'Drift alerts' });
    await drift.getByText('2 in all').waitFor();
    const reserved = page.getByRole('table', { name: 'Reservations' });
    await reserved.getByRole('row', { name: /4Gi memory · camera admin/ }).waitFor();
    await plant.report('eye', camera);
    await drift.getByText('It offers all that').waitFor();
  });

  it('shows hostile names as text, and none breaks the layout', async () => {
    const page = await rig.open('', rig.adminToken);
    await page.setViewportSize({ width: 390, height: 800 });
    for (const path of [
      'devices',
      `devices/${plant.clientId}/foreign`,
      `clients/${plant.clientId}/gateways`,
    ]) {
      await page.goto(rig.url + path);
      await page.getByText('<img src=x').filter({ visible: true }).first().waitFor();
      await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' });
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390, path);
      assert.equal(await page.locator('img').count(), 0);
      assert.doesNotMatch(await page.title(), /run/);
    }
    await page.goto(`${rig.url}devices/${plant.clientId}/foreign`);
    await page.getByRole('region', { name: 'Report', exact: true }).getByText(String.raw`>\u202e"`).waitFor();
  });
});
