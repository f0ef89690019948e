/** The settings that decide who gets in. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { openBrowser } from './support/browser.ts';
import { type ConsoleRig, startConsole } from './support/rig.ts';

const browser = await openBrowser();
const skip = typeof browser === 'string' ? browser : false;

describe('settings of who gets in', { skip }, () => {
  let rig: ConsoleRig;
  before(async () => {
    assert.ok(typeof browser !== 'string');
    rig = await startConsole(browser);
  });
  afterEach(() => rig.closePages());
  after(async () => {
    await rig.stop();
    if (typeof browser !== 'string') await browser.close();
  });

  it('tells a viewer why rehearsing rules is not theirs', async () => {
    const page = await rig.open('settings/rules', await rig.tokenFor('viewer'));
    const button = page.getByRole('button', { name: 'Rehearse', description: /needs the role operator/ });
    await button.waitFor();
    assert.equal(await button.getAttribute('aria-disabled'), 'true');
  });

  it('makes no ticket for a number that was taken out', async () => {
    const page = await rig.open('settings/tickets', await rig.tokenFor('operator'));
    await page.getByRole('button', { name: 'Make a ticket' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Devices').fill('');
    await dialog.getByRole('button', { name: 'Make a ticket' }).click();
    assert.equal(await dialog.locator('input:invalid').count(), 1);
    await dialog.getByLabel('Devices').fill('3');
    await dialog.getByRole('button', { name: 'Make a ticket' }).click();
    await page.getByText('The ticket', { exact: true }).waitFor();
    const { body } = await rig.wfm.operator('GET', '/tickets');
    assert.deepEqual(
      (body['items'] as { usesLeft: number }[]).map((t) => t.usesLeft),
      [3],
    );
  });
});
