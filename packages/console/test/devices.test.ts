/** What devices offer: found, narrowed, exported, looked at one by one; what drifts; what is behind gateways. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
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
});
