/** The doctor and real WFMs: stopped, running, and broken in ways that happen. */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Check, Diagnosis } from '@muster/protocol';
import { publicUrlChecks } from '../../src/doctor/public-url.ts';
import { type Ask, revocationChecks } from '../../src/doctor/running.ts';
import { loadSettings, loadWfmDoctor } from '../../src/index.ts';
import { makeDeviceCa } from '../support/openssl.ts';
import { type Rig, startRig } from '../support/wfm.ts';

class NotThere extends Error {
  readonly kind = 'unreachable';
}

/** Asks a WFM as the command does; nobody is there without one. */
function askOf(rig: Rig | null): Ask {
  const ask = async <T>(path: string): Promise<T> => {
    if (rig === null) throw new NotThere('There is no WFM to talk to.');
    return (await rig.operator('GET', path)).body as T;
  };
  return {
    joinString: () => ask('/join-string'),
    auditVerdict: () => ask('/audit/verify'),
    authorities: async () =>
      (await ask<{ items: Awaited<ReturnType<Ask['authorities']>> }>('/device-authorities')).items,
  };
}

describe('the doctor of a WFM', () => {
  let data: string;
  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'muster-doctor-'));
  });
  after(() => rm(data, { recursive: true, force: true }));

  async function examine(rig: Rig | null, more: object = {}): Promise<Diagnosis> {
    const { doctor } = await loadWfmDoctor();
    return doctor({
      settings: loadSettings({ flags: { data, ...more } }),
      ask: askOf(rig),
    });
  }
  const of = (found: Diagnosis, name: string): Check => {
    const check = found.checks.find((c) => c.name.startsWith(name));
    assert.ok(check, `${name} is among ${found.checks.map((c) => c.name).join(', ')}`);
    return check;
  };
  const notWell = (found: Diagnosis): string[] =>
    found.checks.filter((c) => c.result === 'fail' || c.result === 'warn').map((c) => c.name);

  it('finds a running one well, by its files, its operators and the way of its devices', async () => {
    const rig = await startRig({ data });
    const found = await examine(rig);
    // How much room the disk has and how fast it is belong to the machine.
    assert.deepEqual(
      notWell(found).filter((name) => !name.startsWith('disk')),
      [],
    );
    assert.match(of(found, 'public URL').seen, /TLSv1\.3/);
    assert.match(of(found, 'audit chain').seen, /whole/);
    assert.equal(of(found, 'CA handed out').result, 'pass');
    assert.equal(of(found, 'clock').result, 'pass');
    assert.equal(of(found, 'signed echo').result, 'pass');
    assert.equal(of(found, 'revocation lists').result, 'skip');
    await rig.stop();
    assert.equal((await readdir(data)).filter((name) => name.startsWith('.doctor')).length, 0);
  });

  it('looks at a stopped one by its files, and names what is wrong with them', async () => {
    const stopped = await examine(null);
    assert.equal(of(stopped, 'operator listener').result, 'warn');
    assert.match(of(stopped, 'database').seen, /whole/);
    assert.equal(of(stopped, 'audit chain').result, 'skip');
    assert.match(of(stopped, 'schema').seen, /^up to date/);
    assert.match(of(stopped, 'audit checkpoint').seen, /^entry \d+, of 20/);
    const checkpoint = join(data, 'trust', 'audit-checkpoint.json');
    const noted = await readFile(checkpoint, 'utf8');
    await writeFile(checkpoint, noted.replace(/"seq\\":\d+/, '"seq\\":1'));
    assert.equal(of(await examine(null), 'audit checkpoint').seen, 'its signature is not true');
    await writeFile(checkpoint, noted.slice(0, 50));
    assert.equal(of(await examine(null), 'audit checkpoint').seen, 'the file is damaged');
    await writeFile(checkpoint, noted);

    const key = join(data, 'trust', 'server-key.pem');
    await chmod(key, 0o644);
    await chmod(data, 0o755);
    const open = await examine(null);
    assert.equal(of(open, 'secret files').fix, `chmod 600 ${key}`);
    assert.equal(of(open, 'data folder').result, 'warn');
    await chmod(key, 0o600);
    await chmod(data, 0o700);

    await writeFile(join(data, 'muster.db'), 'no database at all'.repeat(500));
    const damaged = await examine(null);
    assert.equal(of(damaged, 'database').result, 'fail');
    assert.equal(damaged.result, 'fail');

    const elsewhere = await examine(null, { database: 'postgres://u:hunter2@127.0.0.1:1/x' });
    assert.equal(of(elsewhere, 'database').result, 'fail');
    assert.doesNotMatch(JSON.stringify(elsewhere), /hunter2/);
    assert.deepEqual(notWell(await examine(null, { data: join(data, 'nowhere') })).slice(0, 1), [
      'data folder',
    ]);
  });

  it('says which revocation lists are missing, out of date or about to be', async () => {
    const rig = await startRig();
    const ca = makeDeviceCa();
    const now = Date.now();
    try {
      const policies = [
        ['none', 'none'],
        ['careful', 'warn'],
        ['strict', 'fail-closed'],
      ];
      for (const [name, crlPolicy] of policies)
        assert.equal(
          (await rig.operator('POST', '/device-authorities', { name, certificates: ca.pem, crlPolicy }))
            .status,
          201,
        );
      const ask = askOf(rig);
      const results = async (at = now): Promise<string[]> =>
        (await revocationChecks(ask, at)).map((c) => `${c.name.slice(17)} ${c.result}`).sort();
      assert.deepEqual(await results(), ['careful warn', 'strict fail'], 'none has come');
      const crl = ca.crl([], 48).toString('base64');
      for (const name of ['careful', 'strict'])
        assert.ok(
          (await rig.operator('POST', `/device-authorities/${name}/crl`, { crl })).status < 300,
          name,
        );
      assert.deepEqual(await results(), ['careful pass', 'strict pass']);
      assert.deepEqual(
        await results(now + 30 * 3_600_000),
        ['careful warn', 'strict warn'],
        'ends within a day',
      );
      assert.deepEqual(await results(now + 60 * 3_600_000), ['careful warn', 'strict fail'], 'out of date');
    } finally {
      ca.remove();
      await rig.stop();
    }
  });

  it('tells what keeps devices out at a public URL', async () => {
    const rig = await startRig();
    const pins = [rig.wfm.caPin];
    const now = Date.now();
    const [gone] = await publicUrlChecks({ url: 'https://127.0.0.1:1', ca: rig.ca, pins, now });
    assert.match(gone?.seen ?? '', /ECONNREFUSED/);
    const [foreign] = await publicUrlChecks({ url: rig.url, ca: undefined, pins, now });
    assert.match(foreign?.fix ?? '', /what stands in front/);
    const other = await publicUrlChecks({ url: rig.url, ca: rig.ca, pins: ['sha256:00'], now });
    assert.match(other.find((c) => c.name === 'CA handed out')?.seen ?? '', /another CA/);
    const prefix = await publicUrlChecks({ url: `${rig.url}/plant`, ca: rig.ca, pins, now });
    assert.match(prefix.find((c) => c.name === 'CA handed out')?.seen ?? '', /no certificate/);
    const late = await publicUrlChecks({ url: rig.url, ca: rig.ca, pins, now: now + 3_600_000 });
    assert.equal(late.find((c) => c.name === 'clock')?.result, 'warn');
    await rig.stop();
  });
});
