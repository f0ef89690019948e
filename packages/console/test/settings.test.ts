/** The settings that decide who gets in, and the root CA. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { type DeviceCa, makeDeviceCa } from '../../wfm/test/support/openssl.ts';
import { openBrowser } from './support/browser.ts';
import { reportingClient } from './support/fleet.ts';
import { type ConsoleRig, startConsole } from './support/rig.ts';

const browser = await openBrowser();
const skip = typeof browser === 'string' ? browser : false;

const hostile = `<img src=x onerror="document.title='run'">\u202e`;

interface File {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

describe('settings of who gets in', { skip }, () => {
  let rig: ConsoleRig;
  let ca: DeviceCa;
  before(async () => {
    assert.ok(typeof browser !== 'string');
    rig = await startConsole(browser);
    ca = makeDeviceCa();
  });
  afterEach(() => rig.closePages());
  after(async () => {
    ca.remove();
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

  it('adds a device CA from a file, says what decides on it, takes its revocation list, and removes it', async () => {
    const page = await rig.open('settings/device-cas', rig.adminToken);
    await page.getByText('There is no device CA').waitFor();
    await page.getByRole('button', { name: 'Add a device CA' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('maker');
    await dialog.getByRole('textbox', { name: 'Certificates' }).fill('no certificate');
    await dialog.getByRole('button', { name: 'Add a device CA' }).click();
    await dialog.getByRole('alert').waitFor();
    await dialog.getByLabel('Revocation list at').fill('http://127.0.0.1:1/a.crl');
    await dialog.locator('input[value^="fail-closed:"]').waitFor();
    await dialog.getByLabel('Revocation list at').fill('');
    const file = { name: 'ca.pem', mimeType: 'text/plain', buffer: Buffer.from(ca.pem) };
    await pick(page, dialog, file);
    await dialog.getByText('ca.pem').waitFor();
    await dialog.getByRole('button', { name: 'Add a device CA' }).click();
    const row = page.getByRole('row').filter({ hasText: 'ACME device root' });
    await row.getByText(/^No rule names it: what no rule decides is hold\.$/).waitFor();

    await row.getByRole('button', { name: 'Revocation list' }).click();
    await dialog.getByRole('button', { name: 'Revocation list' }).click();
    await dialog.getByText('No file was chosen').waitFor();
    await pick(page, dialog, { name: 'big.crl', mimeType: 'text/plain', buffer: Buffer.alloc(19 << 20) });
    await dialog.getByText('The file is too large').waitFor();
    const { certificate } = ca.issue({ subject: '/CN=stolen' });
    await pick(page, dialog, { name: 'a.crl', mimeType: 'text/plain', buffer: ca.crl([certificate]) });
    await dialog.getByText('a.crl').waitFor();
    await dialog.getByRole('button', { name: 'Revocation list' }).click();
    await row.getByText('The list is stored: 1 revoked, 0 clients blocked by it.').waitFor();
    await row.getByText(/^1 revoked, next list/).waitFor();

    await row.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('There is no device CA').waitFor();
  });

  it('warns of a device CA whose root another one has, shows rules with their labels, and keeps one that rules speak of', async () => {
    for (const name of ['first', 'second'])
      await rig.wfm.operator('POST', '/device-authorities', { name, certificates: ca.pem });
    const rule = {
      name: 'of the second',
      action: 'allow',
      reason: 'ours',
      match: { authority: 'second' },
      labels: { site: 'north' },
    };
    await rig.wfm.operator('PUT', '/rules', { version: 0, comment: '', rules: [rule] });
    const page = await rig.open('settings/device-cas', rig.adminToken);
    const row = page.getByRole('row').filter({ hasText: 'Shadowed by first' });
    await row.getByText('of the second: allow').waitFor();
    await row.getByText('site=north').waitFor();
    await row.getByRole('button', { name: 'Remove' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByRole('alert').getByText('Rules speak of this group: of the second').waitFor();
  });

  it('pre-authorises a certificate and fingerprints, all or none, finds one, and removes it', async () => {
    const page = await rig.open('settings/preauthorizations', await rig.tokenFor('operator'));
    await page.getByRole('button', { name: 'Pre-authorise' }).click();
    const dialog = page.getByRole('dialog');
    const text = dialog.getByLabel('Certificates and fingerprints');
    const fingerprints = `${'ab'.repeat(32)}\n\nsha256:${'cd'.repeat(32)}\n`;
    await text.fill(`${fingerprints}ef`);
    await dialog.getByRole('button', { name: 'Pre-authorise' }).click();
    await dialog.getByRole('alert').getByText('items[2]').waitFor();
    await text.fill(ca.issue({ subject: '/CN=pump' }).pem + fingerprints);
    await dialog.getByLabel('Note').fill(hostile);
    await dialog.getByRole('button', { name: 'Pre-authorise' }).click();
    await page.getByText('3 added, 0 were there already.').waitFor();
    await page.getByText('3 in all').waitFor();
    await page.getByLabel('Fingerprint', { exact: true }).fill('abab');
    await page.getByText('1 in all').waitFor();
    assert.equal(new URL(page.url()).searchParams.get('fingerprint'), 'abab');
    await page
      .getByRole('row')
      .filter({ hasText: '<img src=x' })
      .getByRole('button', { name: 'Remove' })
      .click();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('There is no such pre-authorisation').waitFor();
    assert.equal(await page.title(), 'Settings: Pre-authorisations · Muster');
  });

  it('gives a trust pack, and rotates the root CA step by step, saying what each one does', async () => {
    const page = await rig.open('settings/trust', rig.adminToken);
    const dialog = page.getByRole('dialog');
    await reportingClient(rig, 'away');
    await page.getByRole('button', { name: 'Make a trust pack' }).click();
    const saving = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Make a trust pack' }).click();
    const pack = JSON.parse(await readFile(await (await saving).path(), 'utf8')) as { format: string };
    assert.equal(pack.format, 'muster-trust-pack-1');
    const steps = [
      ['Announce a new root CA', /beside the old one with their next report/, 'announced'],
      ['Switch to the new root CA', /1 active clients have not picked up the new root CA/, 'switched'],
      ['Finish the rotation', /The old root CA is not served any more/, 'none under way'],
    ] as const;
    for (const [label, what, stage] of steps) {
      await page.getByRole('button', { name: label }).click();
      await dialog.getByText(what).waitFor();
      const late = dialog.getByLabel('Leave them behind');
      if ((await late.count()) > 0) {
        await dialog.getByRole('button', { name: label }).click();
        await dialog.getByRole('alert').getByText('would lose their way').waitFor();
        await late.check();
      }
      await dialog.getByRole('button', { name: label }).click();
      await page.getByText(stage, { exact: true }).waitFor();
    }
    assert.equal(await page.getByText('Root CA', { exact: true }).count(), 1);
  });

  async function pick(page: Page, dialog: Locator, file: File): Promise<void> {
    const choosing = page.waitForEvent('filechooser');
    await dialog.getByRole('button', { name: 'Choose a file' }).click();
    await (await choosing).setFiles(file);
  }
});
