import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import Sqlite from 'better-sqlite3';
import { loadSettings, settingsTable } from '../../src/index.ts';
import { onboard, startRig, testClient } from '../support/wfm.ts';
import { SettingsError } from '../../src/config/setting.ts';

describe('operator access', () => {
  it('needs a token, slows down who guesses, and keeps the token in hashes only', async () => {
    const data = await mkdtemp(join(tmpdir(), 'muster-access-'));
    const rig = await startRig({ data, admission: 'open' });
    const token = (await readFile(rig.wfm.operatorTokenFile, 'utf8')).trim();
    for (const wrong of ['', 'short', 'a'.repeat(50), token.slice(0, -1)])
      assert.equal((await rig.operator('GET', '/clients', undefined, wrong)).status, 401);
    const answers: number[] = [];
    for (let i = 0; i < 20; i++)
      answers.push((await rig.operator('GET', '/clients', undefined, 'b'.repeat(40))).status);
    assert.equal(answers.at(-1), 429);
    await rig.stop();
    assert.equal((await stat(rig.wfm.operatorTokenFile)).mode & 0o777, 0o600);
    assert.ok(!(await readFile(join(data, 'muster.db'))).includes(token));
    await rm(data, { recursive: true, force: true });
  });

  it('describes every route in OpenAPI 3.1, and answers unknown ones and wrong bodies with problems', async () => {
    const rig = await startRig();
    const document = (await rig.operator('GET', '/openapi.json')).body as {
      openapi: string;
      paths: Record<string, object>;
    };
    assert.equal(document.openapi, '3.1.0');
    const paths = Object.keys(document.paths);
    for (const path of [
      'clients',
      'clients/{clientId}',
      'clients/{clientId}/approve',
      'clients/{clientId}/block',
      'enrollments',
      'enrollments/{enrollmentId}/reject',
      'preauthorizations',
      'devices',
      'audit',
      'trust',
      'join-string',
    ]) {
      assert.ok(paths.includes(`/operator/v1/${path}`), path);
    }
    const verdict = await new Validator().validate(document);
    assert.equal(verdict.valid, true, JSON.stringify(verdict.errors));
    for (const [path, methods] of Object.entries(document.paths))
      for (const [method, operation] of Object.entries(
        methods as Record<string, { summary?: string; tags?: string[] }>,
      ))
        assert.ok(operation.summary !== undefined && (operation.tags ?? []).length > 0, `${method} ${path}`);
    assert.equal((await rig.operator('GET', '/nothing')).status, 404);
    assert.equal((await rig.operator('GET', '/clients?limit=0')).status, 400);
    assert.equal((await rig.operator('POST', '/preauthorizations', { items: [] })).status, 400);
    const wrong = await rig.operator('POST', '/preauthorizations', {
      items: [{ fingerprint: 'ab'.repeat(32) }, { fingerprint: 'x' }],
    });
    assert.equal(wrong.status, 422);
    assert.deepEqual((await rig.operator('GET', '/preauthorizations')).body['items'], []);
    await rig.stop();
  });

  it('sees an edit, a gap and a cut in the audit log, and names the first bad entry', async () => {
    const spoil: Array<[string, number]> = [
      [`update audit set detail = '{}' where seq = 2`, 2],
      ['delete from audit where seq = 2', 2],
      ['delete from audit where seq = 3', 3],
    ];
    for (const [statement, firstBad] of spoil) {
      const data = await mkdtemp(join(tmpdir(), 'muster-audit-'));
      const rig = await startRig({ data, admission: 'open' });
      // The first entry is the administrator's token.
      for (let i = 0; i < 2; i++) await onboard(rig, await testClient());
      assert.deepEqual((await rig.operator('GET', '/audit/verify')).body, { ok: true, entries: 3 });
      await rig.stop();
      const database = new Sqlite(join(data, 'muster.db'));
      database.exec(statement);
      database.close();
      const again = await startRig({ data });
      const result = (await again.operator('GET', '/audit/verify')).body;
      assert.equal(result['ok'], false);
      assert.equal(result['firstBad'], firstBad, statement);
      await again.stop();
      await rm(data, { recursive: true, force: true });
    }
  });

  it('does not take a log for whole whose checkpoint was changed, and makes no new one in its place', async () => {
    const data = await mkdtemp(join(tmpdir(), 'muster-audit-'));
    await (await startRig({ data })).stop();
    const path = join(data, 'trust', 'audit-checkpoint.json');
    const good = await readFile(path, 'utf8');
    const foreign = {
      ...JSON.parse(good),
      certificate: await readFile(join(data, 'trust', 'webhook.pem'), 'utf8'),
    };
    for (const text of ['{', '{}', 'null', good.replace('seq', 'sex'), JSON.stringify(foreign)]) {
      await writeFile(path, text);
      const rig = await startRig({ data });
      const answer = await rig.operator('GET', '/audit/verify');
      assert.deepEqual([answer.status, answer.body['ok'], answer.body['firstBad']], [200, false, 2], text);
      await rig.stop();
      assert.equal(await readFile(path, 'utf8'), text);
    }
    await rm(path);
    const healed = await startRig({ data });
    assert.equal((await healed.operator('GET', '/audit/verify')).body['ok'], true);
    await healed.stop();
    await rm(data, { recursive: true, force: true });
  });
});

describe('settings', () => {
  it('come from flags before environment before file, and are checked', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'muster-settings-')), 'wfm.yaml');
    await writeFile(file, 'hold-seconds: 7\nadmission: closed\npublic-url: [https://a.example]\n');
    const settings = loadSettings({
      flags: { holdSeconds: '1' },
      env: { MUSTER_ADMISSION: 'open', MUSTER_HOLD_SECONDS: '9' },
      file,
    });
    assert.equal(settings.holdSeconds, 1);
    assert.equal(settings.admission, 'open');
    assert.deepEqual(settings.publicUrls, ['https://a.example']);
    for (const wrong of ['colour: red\n', '- hold\n', 'hold', 'admission: [hold\n']) {
      await writeFile(file, wrong);
      assert.throws(() => loadSettings({ file }), SettingsError, wrong);
    }
    assert.throws(() => loadSettings({ file: `${file}.gone` }), SettingsError);
    await writeFile(file, '# nothing yet\n');
    assert.equal(loadSettings({ file }).admission, 'hold');
    for (const flags of [
      { deviceListen: 'x' },
      { admission: 'maybe' },
      { publicUrls: ['http://a'] },
      { trustedProxies: ['10.0.0.0/8', 'proxy.example'] },
      { tls: 'files' },
      { tls: 'off' },
      { database: 'mysql://x' },
      { holdSeconds: 'soon' },
    ])
      assert.throws(() => loadSettings({ flags }), SettingsError, JSON.stringify(flags));
  });

  it('stand in the operations guide as they are in the code', async () => {
    const guide = await readFile(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');
    for (const { flag, env, help } of settingsTable)
      assert.ok(guide.includes(`| \`--${flag}\` | \`${env}\` |`) && guide.includes(help), flag);
  });
});
