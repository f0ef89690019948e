/** What administers a WFM: the audit log, events as they come, and the settings. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, describe, it } from 'node:test';
import { openBrowser } from './support/browser.ts';
import { type Reporting, reportingClient } from './support/fleet.ts';
import { type ConsoleRig, startConsole } from './support/rig.ts';

const browser = await openBrowser();
const skip = typeof browser === 'string' ? browser : false;

const hostile = `<img src=x onerror="document.title='run'">\u202e`;
const long = 'm'.repeat(64);

describe('the pages of an administrator', { skip }, () => {
  let rig: ConsoleRig;
  let plant: Reporting;
  before(async () => {
    assert.ok(typeof browser !== 'string');
    rig = await startConsole(browser);
    plant = await reportingClient(rig, 'plant 7');
    await plant.report('gw');
  });
  afterEach(() => rig.closePages());
  after(async () => {
    await rig.stop();
    if (typeof browser !== 'string') await browser.close();
  });

  it('shows who did what, filtered in the address, whole, and with the way to the client', async () => {
    const page = await rig.open('audit', rig.adminToken);
    await page.getByLabel('Action').fill('enrollment.approved');
    await page.getByText('1 in all').waitFor();
    assert.equal(new URL(page.url()).searchParams.get('action'), 'enrollment.approved');
    await page.getByRole('button', { name: /^Entry \d+$/ }).click();
    await page.getByRole('dialog').getByText('previousHash').waitFor();
    await page.keyboard.press('Escape');
    await page.getByLabel('Since').fill('yesterday');
    await page.getByRole('alert').getByText('since').first().waitFor();
    await page.getByLabel('Since').fill('');
    await page.getByRole('link', { name: `client ${plant.clientId}` }).click();
    await page.getByText('Let in by').first().waitFor();
  });

  it('verifies the audit log in words, and exports it with a checkpoint', async () => {
    const page = await rig.open('audit', rig.adminToken);
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByRole('status').getByText('The chain holds').waitFor();
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export all' }).click();
    const lines = (await readFile(await (await saving).path(), 'utf8')).trimEnd().split('\n');
    assert.equal((JSON.parse(String(lines[0])) as { seq: number }).seq, 1);
    assert.match(String(lines.at(-1)), /^\{"checkpoint":\{"statement"/);
    const stamping = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Signed checkpoint' }).click();
    assert.equal((await stamping).suggestedFilename(), 'audit-checkpoint.json');
  });

  it('shows events as they come, and waits while paused', async () => {
    const page = await rig.open('events', rig.adminToken);
    await page.getByRole('status', { name: 'Stream' }).getByText('connected', { exact: true }).waitFor();
    const rows = page.getByRole('table', { name: 'Events' }).getByRole('row');
    await rig.tokenFor('viewer');
    await rows.filter({ hasText: 'token.created' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await rig.tokenFor('viewer');
    await page.getByText(/newer events up to number \d+ wait/).waitFor();
    assert.equal(await rows.count(), 2);
    await page.getByRole('button', { name: 'Go on' }).click();
    await rows.nth(2).waitFor();
    await page.getByLabel('Filter').fill('nothing like it');
    await page.getByText('Nothing of that kind.').waitFor();
  });

  it('takes the stream up after the last event when the connection was lost, and says so', async () => {
    const { body } = await rig.wfm.operator('GET', '/audit?sort=-seq&limit=2');
    const [newest, last] = body['items'] as { seq: number; action: string }[];
    assert.ok(newest !== undefined && last !== undefined);
    const page = await rig.open('', rig.adminToken);
    // A stream that breaks off after an event; every other one is the WFM's.
    await page.route('**/operator/v1/events', async (route) => {
      if (route.request().headers()['last-event-id'] !== undefined) return route.continue();
      const text = `id: ${last.seq}\nevent: ${last.action}\ndata: ${JSON.stringify(last)}\n\n`;
      return route.fulfill({ contentType: 'text/event-stream', body: text });
    });
    await page.getByRole('link', { name: 'Live events' }).click();
    await page.getByText(`Reconnected once, resumed after event ${last.seq}: none is missing.`).waitFor();
    await page.getByRole('button', { name: `Event ${newest.seq}` }).waitFor();
  });

  it('makes a token whose secret is seen once, and revokes it', async () => {
    const page = await rig.open('settings', rig.adminToken);
    await page.getByRole('button', { name: 'Create a token' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill(hostile);
    await dialog.getByRole('button', { name: 'Create a token' }).click();
    await dialog.getByRole('alert').getByText('name').first().waitFor();
    await dialog.getByLabel('Name').fill(long);
    await dialog.getByRole('button', { name: 'Create a token' }).click();
    const row = page.getByRole('row').filter({ hasText: long });
    await row.getByText('in-force').waitFor();
    const secret = await page.getByRole('alert').locator('code').innerText();
    assert.equal((await fetchWhoami(secret)).role, 'viewer');
    await page.reload();
    await row.getByRole('button', { name: 'Revoke' }).click();
    assert.equal(await page.getByText(secret).count(), 0);
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await row.getByText('revoked').waitFor();
    assert.equal(await page.title(), 'Settings: Tokens · Muster');
  });

  it('tells a viewer why a token is not theirs to make', async () => {
    const page = await rig.open('settings/tokens', await rig.tokenFor('viewer'));
    await page.getByText(/This needs the role admin; .* The list is for admins, too\./).waitFor();
    const button = page.getByRole('button', { name: 'Create a token' });
    assert.equal(await button.getAttribute('aria-disabled'), 'true');
  });

  it('adds a webhook, tests it, and switches it off', async () => {
    const page = await rig.open('settings/webhooks', rig.adminToken);
    await page.getByText('There is no webhook').waitFor();
    await page.getByRole('button', { name: 'Add a webhook' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('plant');
    await dialog.getByLabel('URL').fill('ftp://nobody');
    await dialog.getByRole('button', { name: 'Add a webhook' }).click();
    await dialog.getByRole('alert').getByText('url').first().waitFor();
    // Nobody listens there.
    await dialog.getByLabel('URL').fill('https://127.0.0.1:1/x');
    await dialog.getByRole('button', { name: 'Add a webhook' }).click();
    await page.getByRole('button', { name: 'Test and dead letters' }).click();
    await dialog.getByRole('button', { name: 'Send a test' }).click();
    await dialog.getByText('The receiver has not taken it').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Disable' }).click();
    await dialog.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('row').filter({ hasText: 'plant' }).getByText('disabled').waitFor();
  });

  it('rehearses rules before they are put into force, and says what is wrong with them', async () => {
    const page = await rig.open('settings/rules', rig.adminToken);
    const put = page.getByRole('button', { name: 'Put into force' });
    await page.getByRole('textbox', { name: 'Rules' }).fill('[{"name": ]');
    await page.getByRole('button', { name: 'Rehearse' }).click();
    await page.getByRole('alert').getByText('This is no JSON').waitFor();
    await page.getByRole('textbox', { name: 'Rules' }).fill('[{"name": "none", "action": "perhaps"}]');
    await page.getByRole('button', { name: 'Rehearse' }).click();
    await page.getByRole('alert').getByText('action').first().waitFor();
    assert.equal(await put.count(), 0);
    await page
      .getByRole('textbox', { name: 'Rules' })
      .fill('[{"name": "none", "action": "deny", "reason": "closed", "match": {}}]');
    await page.getByRole('button', { name: 'Rehearse' }).click();
    await page.getByText(/^\d+ of \d+ requests would be decided differently$/).waitFor();
    await put.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Put into force' }).click();
    await page.getByText('Version 1, by admin').waitFor();
  });

  it('makes a ticket that is seen once, and takes it back', async () => {
    const page = await rig.open('settings/tickets', await rig.tokenFor('operator'));
    await page.getByRole('button', { name: 'Make a ticket' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Note').fill(hostile);
    await dialog.getByRole('button', { name: 'Make a ticket' }).click();
    await page.getByText('The ticket', { exact: true }).waitFor();
    const row = page.getByRole('row').filter({ hasText: '<img src=x' });
    await row.getByRole('button', { name: 'Take back' }).click();
    await dialog.getByRole('button', { name: 'Take back' }).click();
    await row.getByText('expired').waitFor();
    assert.equal(await page.title(), 'Settings: Tickets · Muster');
  });

  it('shows the root CA, and gives it as a file', async () => {
    const page = await rig.open('settings/trust', await rig.tokenFor('viewer'));
    await page.getByText('none under way').waitFor();
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download PEM' }).click();
    assert.match(await readFile(await (await saving).path(), 'utf8'), /^-----BEGIN CERTIFICATE-----/);
  });

  async function fetchWhoami(token: string): Promise<{ role: string }> {
    const page = await rig.open('');
    return page.evaluate(
      async (bearer) =>
        (await fetch('/operator/v1/whoami', { headers: { authorization: `Bearer ${bearer}` } })).json(),
      token,
    );
  }
});
