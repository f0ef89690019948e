/** What all pages have in common, and what is done with a client. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { capabilities, onboard, signedSend, testClient } from '../../wfm/test/support/wfm.ts';
import { pages } from '../src/pages.ts';
import { openBrowser } from './support/browser.ts';
import { type ConsoleRig, startConsole } from './support/rig.ts';

const browser = await openBrowser();
const skip = typeof browser === 'string' ? browser : false;

it('names each page in its documentation', async () => {
  const documentation = await readFile(new URL('../../../docs/console.md', import.meta.url), 'utf8');
  for (const { label } of pages)
    if (label !== null)
      assert.ok(documentation.includes(`\n| ${label} |`), `${label} is not in docs/console.md`);
});

describe('the console', { skip }, () => {
  let rig: ConsoleRig;
  let clientId: string;
  let enrollmentId: string;
  before(async () => {
    assert.ok(typeof browser !== 'string');
    rig = await startConsole(browser);
    const client = await testClient({ commonName: 'press-17' });
    await onboard(rig.wfm, client);
    const { items } = (await rig.wfm.operator('GET', '/enrollments')).body as {
      items: Array<{ enrollmentId: string }>;
    };
    enrollmentId = items[0]?.enrollmentId ?? '';
    await rig.wfm.operator('POST', `/enrollments/${enrollmentId}/approve`);
    clientId = String((await onboard(rig.wfm, client)).body['clientId']);
    const route = `/api/v1/clients/${clientId}/capabilities/press-17`;
    await signedSend(rig.wfm, client, 'PUT', route, capabilities('press-17'));
    const application = 'type: compose\nrequiredResources: {memory: 1Gi}\n';
    await rig.wfm.operator('POST', '/requirements', { name: 'small', application });
  });
  afterEach(() => rig.closePages());
  after(async () => {
    await rig.stop();
    if (typeof browser !== 'string') await browser.close();
  });
  /** The address of a page, with something that is there in the place of its parameters. */
  const addressOf = (path: string): string =>
    path
      .replace('enrollments/:id', `enrollments/${enrollmentId}`)
      .replace('clients/:id', `clients/${clientId}`)
      .replace('devices/:id/*', `devices/${clientId}/press-17`)
      .replace('requirements/of/:name', 'requirements/of/small')
      .replace('*', 'nowhere');

  it('has no page on which a script fails, the policy is violated, or the API refuses', async () => {
    const page = await rig.open('', rig.adminToken);
    const refused: string[] = [];
    page.on('response', (answer) => {
      if (answer.status() >= 400) refused.push(`${answer.status()} ${answer.url()}`);
    });
    for (const { path } of pages) {
      await page.goto(rig.url + addressOf(path));
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('load');
      // What it is made of is one click away.
      await page.getByRole('button', { name: 'API', exact: true }).click();
      await page.getByText(/^(?:GET|POST) \/operator\/v1\//).waitFor();
      await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' });
    }
    assert.deepEqual(refused, []);
    await rig.closePages();
    // The check does look: a picture from elsewhere is told as a violation.
    const other = await rig.open('', rig.adminToken);
    const told = other.waitForEvent('console');
    await other.evaluate(() => void (new Image().src = 'https://example.invalid/x.png'));
    await told;
    await assert.rejects(rig.closePages(), /Content Security Policy/);
  });

  it('fits on a phone: nothing but tables is wider than the screen', async () => {
    const page = await rig.open('', rig.adminToken);
    await page.setViewportSize({ width: 390, height: 800 });
    for (const { path } of pages) {
      await page.goto(rig.url + addressOf(path));
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 390, `${path}: ${width}`);
    }
    await page.getByRole('button', { name: 'Navigation' }).click();
    await page.getByRole('link', { name: 'Clients' }).click();
    await page.getByRole('heading', { name: 'Clients' }).waitFor();
  });

  it('keeps the filters of a list in its address, over a reload and back', async () => {
    const page = await rig.open('clients', rig.adminToken);
    await page.getByLabel('Certificate or id').fill('nobody');
    await page.getByText('There is no such client.').waitFor();
    assert.equal(page.url(), `${rig.url}clients?text=nobody`);
    await page.reload();
    await page.getByText('There is no such client.').waitFor();
    assert.equal(await page.getByLabel('Certificate or id').inputValue(), 'nobody');
    await page.getByLabel('Certificate or id').fill('press');
    await page.getByRole('row').filter({ hasText: clientId }).waitFor();
    // A colleague who follows the address sees the same.
    const other = await rig.open(page.url().slice(rig.url.length), rig.adminToken);
    await other.getByRole('row').filter({ hasText: clientId }).waitFor();
    assert.equal(await other.getByLabel('Certificate or id').inputValue(), 'press');
  });

  async function act(page: Page, label: string, reason?: string): Promise<void> {
    await page.getByRole('button', { name: label, exact: true }).click();
    const dialog = page.getByRole('dialog', { name: label });
    if (reason !== undefined) await dialog.getByLabel('Reason').fill(reason);
    await dialog.getByRole('button', { name: label, exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  it('blocks, unblocks, labels, retires, readmits and deletes a client, and tells why it is so', async () => {
    const page = await rig.open(`clients/${clientId}`, await rig.tokenFor('operator'));
    const why = page.getByRole('row', { name: /^Why/ });
    const stateIs = async (state: string): Promise<void> => {
      await page.getByRole('row', { name: `State ${state}` }).waitFor();
      assert.equal((await rig.wfm.operator('GET', `/clients/${clientId}`)).body['state'], state);
    };
    await act(page, 'Block', 'It left the building');
    await stateIs('blocked');
    const overview = await rig.open('', rig.adminToken);
    await overview
      .getByRole('table', { name: 'Blocked clients' })
      .getByText('It left the building')
      .waitFor();
    await why.getByText('It left the building').waitFor();
    await act(page, 'Unblock');
    await stateIs('active');
    await page.getByRole('button', { name: 'Set labels' }).click();
    await page.getByRole('dialog').getByLabel('Labels').fill('site=plant7\nline');
    await page.getByRole('dialog').getByRole('button', { name: 'Set labels' }).click();
    await page.getByRole('alert').getByText('line is no label').waitFor();
    await page.getByRole('dialog').getByLabel('Labels').fill('site=plant7');
    await page.getByRole('dialog').getByRole('button', { name: 'Set labels' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText('site=plant7', { exact: true }).waitFor();
    await act(page, 'Retire', 'Worn out');
    await stateIs('retired');
    await why.getByText('Worn out').waitFor();
    await page.getByRole('row').filter({ hasText: 'client.retired' }).waitFor();
    await act(page, 'Readmit');
    await stateIs('active');
    await act(page, 'Delete');
    await page.getByRole('heading', { name: 'Clients' }).waitFor();
    assert.equal((await rig.wfm.operator('GET', `/clients/${clientId}`)).status, 404);
  });
});
