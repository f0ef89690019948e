/** What the fleet can host, asked by an operator of devices that really report. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { openBrowser } from './support/browser.ts';
import { type Reporting, reportingClient } from './support/fleet.ts';
import { type ConsoleRig, startConsole } from './support/rig.ts';

const browser = await openBrowser();
const skip = typeof browser === 'string' ? browser : false;
const long = `panel-${'9'.repeat(194)}`;

describe('placement on a page', { skip }, () => {
  let rig: ConsoleRig;
  let plant: Reporting;
  before(async () => {
    assert.ok(typeof browser !== 'string');
    rig = await startConsole(browser);
    plant = await reportingClient(rig, 'plant-7');
    await plant.report('press-4');
    await plant.report('press-5', { memory: '256Mi' });
    await plant.report('press-6', { memory: '256Mi', vendor: '<img src=x onerror=alert(1)>' });
    await plant.report('vision-1', {
      memory: '24Gi',
      vendor: '<img src=x onerror=alert(2)>',
      modelNumber: '\u202Elatan',
      peripherals: [{ type: 'camera' }],
    });
    await plant.report(long, { supportedDeploymentTypes: ['helm'], memory: '64Mi' });
  });
  afterEach(() => rig.closePages());
  after(async () => {
    await rig.stop();
    if (typeof browser !== 'string') await browser.close();
  });

  const editor = (page: Page): Locator => page.getByLabel('Application or requirements');
  const candidate = (page: Page, deviceId: string): Locator =>
    page.getByRole('table', { name: 'Candidates' }).getByRole('row').filter({ hasText: deviceId });
  const open = async (application: string, more = '', token = rig.adminToken): Promise<Page> => {
    const page = await rig.open('', token);
    await page.goto(`${rig.url}placement?application=${encodeURIComponent(application)}${more}`);
    return page;
  };
  const needs = (memory: string): string =>
    `type: compose\nrequiredResources:\n  cpu: {cores: 1}\n  memory: ${memory}\n`;

  it('answers an example at one click, and by its address alone', async () => {
    const page = await rig.open('placement', rig.adminToken);
    await page.getByText('Nothing has been asked').waitFor();
    await page.getByRole('button', { name: 'Try an example' }).click();
    await page.getByRole('menuitem', { name: 'small service' }).click();
    await page.getByRole('heading', { name: '8 copies fit, on 2 of 5 devices.' }).waitFor();
    // The least waste first.
    assert.equal(await candidate(page, 'press-4').getByRole('cell').first().innerText(), '1');
    assert.equal(await candidate(page, 'vision-1').getByRole('cell').first().innerText(), '2');
    assert.equal(await page.locator('main img').count(), 0);
    const other = await rig.open('', rig.adminToken);
    await other.goto(page.url());
    await other.getByRole('heading', { name: '8 copies fit' }).waitFor();
  });

  it('shows each fault beside its line, and jumps there', async () => {
    const page = await open(
      'type: compose\nrequiredResources:\n  cpu: {cores: none}\n  memory: 12Potatoes\n',
    );
    const faults = page.getByRole('region', { name: 'What is wrong' });
    await faults.getByText('2 things are wrong').waitFor();
    await faults.getByText('requiredResources.memory', { exact: true }).waitFor();
    await faults.getByRole('button', { name: 'line 4' }).click();
    const marked = await editor(page).evaluate((area: HTMLTextAreaElement) =>
      area.value.slice(area.selectionStart, area.selectionEnd),
    );
    assert.equal(marked, '  memory: 12Potatoes');
    await editor(page).fill(needs('1Gi'));
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: 'copies fit' }).waitFor();
    assert.equal(await faults.count(), 0);
  });

  it('leads from a near miss to its devices, and from a device to each constraint', async () => {
    const page = await open(needs('512Mi'));
    await page.getByRole('button', { name: '2 devices lack only 256Mi of memory' }).click();
    const missing = page.getByRole('table', { name: 'Devices that do not fit' });
    await page.getByText('Only those that lack nothing but this: memory: 256Mi of memory').waitFor();
    await missing.getByText('press-6').waitFor();
    assert.equal(await missing.getByRole('row').count(), 3);
    await missing.getByRole('row').filter({ hasText: 'press-5' }).getByRole('button').click();
    const why = page.getByRole('dialog');
    const memory = why.getByRole('row').filter({ hasText: 'memory' });
    await memory.getByLabel('not met').waitFor();
    assert.match(await memory.innerText(), /512Mi[\s\S]*256Mi[\s\S]*lacks 256Mi of memory/);
    await why.getByRole('row').filter({ hasText: 'runtime' }).getByLabel('met', { exact: true }).waitFor();
    assert.match(page.url(), /lacking=.*&why=/);
  });

  it('asks again about what is narrowed, and shows the answer before beside it', async () => {
    const page = await open(needs('512Mi'));
    await page.getByRole('heading', { name: '8 copies fit' }).waitFor();
    await page.getByLabel('Selector').fill('/memory>16Gi');
    await page.getByRole('heading', { name: '4 copies fit, on 1 of 1 device.' }).waitFor();
    const compared = page.getByRole('table', { name: 'Answers side by side' });
    assert.match(await compared.innerText(), /Asked before\s+Now\s+Copies that fit\s+8\s+4/);
    await page.getByLabel('Selector').fill('/memory>>');
    await page.getByRole('alert').getByText('Write it like: site=plant7').waitFor();
    await page.getByLabel('Selector').fill('');
    await page.getByLabel('Copies').fill('9');
    await page.getByRole('heading', { name: 'not enough for 9' }).waitFor();
  });

  it('supposes another requirement and a machine that is not bought', async () => {
    const page = await open(needs('512Mi'), '&memory=16Gi');
    const compared = page.getByRole('table', { name: 'Answers side by side' });
    await compared.getByRole('row').filter({ hasText: 'Devices that fit' }).getByText('1 of 5').waitFor();
    await page.getByRole('button', { name: 'vision box' }).click();
    await compared.getByRole('columnheader', { name: 'What if' }).waitFor();
    await page.getByText('what if', { exact: true }).click();
    await page.getByText('not bought yet').waitFor();
    await page.getByLabel('There was this machine as well').fill('{"no');
    await page.getByRole('button', { name: 'Suppose it' }).click();
    await page.getByRole('alert').getByText('machine is no JSON').waitFor();
  });

  it('keeps a text that is too long for an address in the tab, and says so in another', async () => {
    const page = await rig.open('placement', rig.adminToken);
    await page.locator('input[type=file]').setInputFiles({
      name: 'a.yaml',
      mimeType: 'text/yaml',
      buffer: Buffer.from(`${needs('512Mi')}# ${'x'.repeat(9_000)}\n`),
    });
    await page.getByRole('heading', { name: '8 copies fit' }).waitFor();
    assert.ok(page.url().length < 300, page.url());
    await page.reload();
    await page.getByRole('heading', { name: '8 copies fit' }).waitFor();
    const other = await rig.open('', rig.adminToken);
    await other.goto(page.url());
    await other.getByText('The text is not here').waitFor();
  });

  it('reserves copies, and tells how far it came when there is no room', async () => {
    const page = await open(needs('3Gi'));
    await candidate(page, 'press-4').getByRole('button', { name: 'Reserve' }).click();
    const dialog = page.getByRole('dialog', { name: 'Reserve' });
    await dialog.getByLabel('Copies').fill('3');
    await dialog.getByRole('button', { name: 'Reserve' }).click();
    await dialog.getByText('2 of 3 copies are reserved').waitFor();
    await dialog.getByText('The device has no room for it').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });

  it('lists what is reserved, copies together, running down; and releases it', async () => {
    const page = await rig.open('reservations', rig.adminToken);
    const row = page.getByRole('row').filter({ hasText: 'press-4' });
    await row.getByText('1 core · 3Gi memory').waitFor();
    assert.equal(await row.getByRole('cell').nth(2).innerText(), '2');
    await row.getByText(/^(?:1 d 0 h|23:59:\d\d)$/).waitFor();
    const viewing = await rig.open('reservations', await rig.tokenFor('viewer'));
    const refused = viewing.getByRole('button', { name: 'Release' });
    await viewing.getByText(/\(viewer\)/).waitFor();
    assert.match((await refused.getAttribute('aria-description')) ?? '', /needs the role operator/);
    await row.getByRole('button', { name: 'Release' }).click();
    const dialog = page.getByRole('dialog', { name: 'Release' });
    await dialog.getByText('All 2 copies').waitFor();
    await dialog.getByRole('button', { name: 'Release' }).click();
    await page.getByText('Nothing is reserved').waitFor();
    // The other page hears of it.
    await viewing.getByText('Nothing is reserved').waitFor();
  });

  it('requires an application, shows who cannot host it and why, and removes it', async () => {
    const page = await rig.open('requirements', rig.adminToken);
    await page.getByText('Nothing is required of devices.').waitFor();
    await page.getByRole('link', { name: 'Require one' }).click();
    await page.getByLabel('Name').fill('small');
    await editor(page).fill(needs('12Potatoes'));
    await page.getByRole('button', { name: 'Require it' }).click();
    await page.getByRole('button', { name: 'line 4' }).waitFor();
    await editor(page).fill(needs('512Mi'));
    await page.getByRole('button', { name: 'Require it' }).click();
    await page.getByRole('heading', { name: 'small', level: 1 }).waitFor();
    await page.getByText('2 of 5 devices that are meant').waitFor();
    const lacking = page.getByRole('table', { name: 'Devices that cannot host it' }).getByRole('row');
    await lacking.filter({ hasText: 'press-5' }).getByText('256Mi of memory').waitFor();
    await page.getByRole('button', { name: 'Who can host it' }).click();
    await page.getByRole('heading', { name: '8 copies fit' }).waitFor();
    // The same name for something else.
    await page.goto(`${rig.url}requirements/new?name=small`);
    await editor(page).fill(needs('1Gi'));
    await page.getByRole('button', { name: 'Require it' }).click();
    await page.getByRole('alert').getByText('with other terms').waitFor();
    await page.getByRole('link', { name: 'Requirements' }).click();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Nothing is required of devices.').waitFor();
  });

  it('is not for a viewer to ask, who is told why', async () => {
    const page = await open(needs('512Mi'), '', await rig.tokenFor('viewer'));
    await page.getByRole('alert').getByText('This needs the role operator').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Ask again' }).isDisabled());
    assert.equal(await page.getByRole('table').count(), 0);
  });

  it('breaks no layout with long names', async () => {
    const page = await open(needs('512Mi'));
    await page.getByText(long).waitFor();
    await page.setViewportSize({ width: 390, height: 800 });
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.equal(wider, 0);
  });
});
