/** Who may see the console, and how it is served. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { openBrowser } from './support/browser.ts';
import { type ConsoleRig, startConsole } from './support/rig.ts';

const browser = await openBrowser();
const skip = typeof browser === 'string' ? browser : false;

describe('signing in to the console', { skip }, () => {
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

  it('says why a token is not taken, and takes a right one', async () => {
    const page = await rig.open('clients?state=blocked');
    await page.getByPlaceholder('muster_…').fill('muster_this-is-no-token-at-all');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('Send Authorization: Bearer with the token').waitFor();
    await page.getByPlaceholder('muster_…').fill(`  ${rig.adminToken}\n`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    // At the address that was asked for, filter included.
    await page.getByRole('heading', { name: 'Clients' }).waitFor();
    assert.equal(page.url(), `${rig.url}clients?state=blocked`);
    await page.getByText('admin (admin)').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Muster' }).waitFor();
    assert.equal(await page.evaluate('sessionStorage.length'), 0);
  });

  it('by a link: the token is taken out of the address and its history, and outlives a reload', async () => {
    const page = await rig.open('clients?state=active', rig.adminToken);
    await page.getByText('admin (admin)').waitFor();
    assert.equal(page.url(), `${rig.url}clients?state=active`);
    await page.reload();
    await page.getByText('admin (admin)').waitFor();
    assert.equal(page.url(), `${rig.url}clients?state=active`);
    await page.goBack();
    assert.doesNotMatch(page.url(), /token/);
  });

  it('ends with the token: the reason is shown, at the address to return to', async () => {
    const made = await rig.wfm.operator('POST', '/tokens', { name: 'short', role: 'viewer' });
    const page = await rig.open('enrollments', String(made.body['token']));
    await page.getByText('short (viewer)').waitFor();
    await rig.wfm.operator('DELETE', '/tokens/short');
    await page.reload();
    await page.getByRole('alert').getByText('The token was revoked.').waitFor();
    assert.equal(page.url(), `${rig.url}enrollments`);
  });
});
