/** Files that are larger than anything that belongs there, or have no end: named, and never taken into memory. */
import assert from 'node:assert/strict';
import { cp, symlink, truncate } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Wfm } from '@muster/wfm';
import { discoverCapabilities, installCertificate, join, report, status } from '../src/index.ts';
import { isRefusal, layGround } from './support/ground.ts';

const { root, fresh, serve } = await layGround('oversize');
const endless = '/dev/zero';
/** A gigabyte that takes no room on the disk. */
const huge = 1_073_741_824;

describe('a file without a bound', () => {
  let wfm: Wfm;
  const good = joinPath(root, 'good');
  before(async () => {
    wfm = await serve();
    await join({ stateDirectory: good, trust: { joinString: wfm.joinString } });
  });
  const joinWith = (o: object): Promise<unknown> =>
    join({ stateDirectory: fresh(), trust: { joinString: wfm.joinString }, ...o });

  const named: Record<string, () => Promise<unknown>> = {
    'a capabilities file': () => discoverCapabilities({ deviceId: 'd', capabilitiesFile: endless }),
    'the CA file of a WFM': () => joinWith({ trust: { url: wfm.deviceUrl, caFile: endless } }),
    'the CA file of a proxy': () => joinWith({ trust: { joinString: wfm.joinString, alsoCaFile: endless } }),
    'a trust pack': () => joinWith({ trust: { trustPack: endless } }),
    'an inventory': () => joinWith({ inventory: endless }),
    'an imported certificate': () => installCertificate({ stateDirectory: fresh(), file: endless }),
  };
  for (const [what, use] of Object.entries(named))
    it(`is refused by its bound as ${what}`, async () => {
      await assert.rejects(use(), isRefusal('usage', /has more than \d+ bytes/));
    });

  it("is refused as a certificate of one's own, too", async () => {
    const keyFile = joinPath(good, 'key.pem');
    await assert.rejects(
      joinWith({ keyFile, certFile: endless }),
      isRefusal('state', /has more than \d+ bytes/),
    );
  });

  for (const file of ['current', 'identity.json', 'key.pem', 'bindings/X/binding.json'])
    it(`is damage in the place of ${file}, named at once`, async () => {
      const stateDirectory = fresh();
      await cp(good, stateDirectory, { recursive: true });
      const { bindingName } = await import('../src/binding/binding.ts');
      await truncate(joinPath(stateDirectory, file.replace('X', bindingName(wfm.deviceUrl))), huge);
      const used = process.memoryUsage.rss();
      await assert.rejects(status({ stateDirectory }), isRefusal('state', /more than \d+ bytes/));
      assert.ok(process.memoryUsage.rss() - used < 300_000_000);
    });

  it('in the place of what only helps is passed over', async () => {
    const stateDirectory = fresh();
    await cp(good, stateDirectory, { recursive: true });
    for (const file of ['clock', 'certificate.pem', 'hardware.json'])
      await truncate(joinPath(stateDirectory, file), huge).catch(() =>
        symlink(endless, joinPath(stateDirectory, file)),
      );
    assert.equal((await report({ stateDirectory })).status, 200);
  });
});
