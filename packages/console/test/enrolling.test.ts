/** A device and an operator, with the console between them. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { DeviceError } from '@muster/device';
import type { Locator, Page } from 'playwright-core';
import { onboard, testClient } from '../../wfm/test/support/wfm.ts';
import { openBrowser } from './support/browser.ts';
import { type ConsoleRig, startConsole } from './support/rig.ts';

const browser = await openBrowser();
const skip = typeof browser === 'string' ? browser : false;

describe('a request to be let in', { skip }, () => {
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
  const rowOf = (page: Page, text: string): Locator => page.getByRole('row').filter({ hasText: text });

  it('appears by itself with the words of the device, and is approved', async () => {
    const page = await rig.open('enrollments?state=pending', rig.adminToken);
    await page.getByText('There is no such request.').waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    const { words, joined } = await rig.device('press-17');
    const shown = (await words).join(' ');
    const row = rowOf(page, shown);
    await row.getByText('CN=press-17').waitFor();
    await page.getByRole('link', { name: 'Enrollments' }).getByLabel('1 wait').waitFor();
    await row.getByRole('button', { name: 'pending: why?' }).click();
    await page.getByText('Why pending').waitFor();
    await page.keyboard.press('Escape');
    await row.getByRole('button', { name: 'Approve' }).click();
    const dialog = page.getByRole('dialog', { name: 'Approve' });
    await dialog.getByText(shown).waitFor();
    await dialog.getByRole('button', { name: 'Approve' }).click();
    const { clientId } = await joined;
    await row.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Clients' }).click();
    await rowOf(page, clientId).getByText('CN=press-17').waitFor();
  });

  it('is rejected with a reason, which stands on the device and on the page', async () => {
    const { words, joined } = await rig.device('robot-5');
    const page = await rig.open('enrollments', rig.adminToken);
    const row = rowOf(page, (await words).join(' '));
    await row.getByRole('button', { name: 'Reject' }).click();
    const dialog = page.getByRole('dialog', { name: 'Reject' });
    await dialog.getByLabel('Reason').fill('Not on the list of <b>plant 7</b>');
    await dialog.getByRole('button', { name: 'Reject' }).click();
    await assert.rejects(joined, (error: unknown) => {
      assert.ok(error instanceof DeviceError);
      assert.equal(error.code, 'rejected');
      assert.match(`${error.message} ${error.seen}`, /Not on the list of <b>plant 7<\/b>/);
      return true;
    });
    await row.getByText('Not on the list of <b>plant 7</b>').waitFor();
    await row.getByRole('link', { name: 'CN=robot-5' }).click();
    await page.getByRole('row', { name: 'State rejected' }).waitFor();
    await page.getByRole('row', { name: 'Why' }).getByText('Decided by admin').waitFor();
  });

  it('whose certificate holds markup shows it as text', async () => {
    const hostile = '<img src=x onerror=alert(1)>';
    await onboard(rig.wfm, await testClient({ commonName: hostile }));
    const page = await rig.open('enrollments', rig.adminToken);
    const link = page.getByRole('link', { name: 'onerror' });
    await link.waitFor();
    assert.equal(await page.locator('td img').count(), 0);
    await link.click();
    await page.getByRole('heading', { name: 'onerror' }).waitFor();
    assert.equal(await page.locator('main img').count(), 0);
  });

  it('is not for a viewer to decide, who is told so and by whom it is refused', async () => {
    const { words } = await rig.device('camera-9');
    const page = await rig.open('enrollments?state=pending', await rig.tokenFor('viewer'));
    const row = rowOf(page, (await words).join(' '));
    const approve = row.getByRole('button', { name: 'Approve' });
    await approve.waitFor();
    await page.getByText(/\(viewer\)/).waitFor();
    assert.match((await approve.getAttribute('aria-description')) ?? '', /needs the role operator; you are/);
    await approve.click({ force: true });
    assert.equal(await page.getByRole('dialog').count(), 0);
    // What decides is the WFM: it refuses to this very token what the page would not offer.
    const status = await page.evaluate(async () => {
      const authorization = `Bearer ${sessionStorage.getItem('muster.token')}`;
      const url = '/operator/v1/enrollments/x/approve';
      return (await fetch(url, { method: 'POST', headers: { authorization } })).status;
    });
    assert.equal(status, 403);
  });
});
