/** `muster wfm doctor` beside a WFM on a real PostgreSQL, and what its bundle must not hold. */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as at } from 'node:path';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { startPostgres } from '../../wfm/test/support/postgres.ts';
import { type Place, type Ran, startPlace } from './support.ts';

const password = 'hunter2-of-the-database';
const passphrase = 'correct-horse-of-the-root';

interface Check {
  readonly name: string;
  readonly result: string;
  readonly seen: string;
  readonly fix?: string;
}

describe('muster wfm doctor', () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  let place: Place;
  let database = '';
  let folder = '';
  before(async () => {
    postgres = await startPostgres();
    const url = await postgres.database('doctor');
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`create role muster login superuser password '${password}'`);
    await client.end();
    const own = new URL(url);
    [own.username, own.password] = ['muster', password];
    database = own.href;
    folder = await mkdtemp(at(tmpdir(), 'muster-doctor-'));
    const caPassphraseFile = at(folder, 'passphrase');
    await writeFile(caPassphraseFile, passphrase, { mode: 0o600 });
    place = await startPlace({ admission: 'open', database, caPassphraseFile });
    await writeFile(at(place.root, 'muster.yaml'), JSON.stringify({ database, caPassphraseFile }), {
      mode: 0o600,
    });
  });
  after(async () => {
    await place.stop();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const doctor = (...more: string[]): Promise<Ran> =>
    place.muster('wfm', 'doctor', '--config', 'muster.yaml', '--json', ...more);
  const checksOf = (ran: Ran): Map<string, Check> =>
    new Map((ran.json['checks'] as Check[]).map((check) => [check.name.split(' https:')[0] ?? '', check]));

  it('finds all of it well: files, PostgreSQL, schema, audit log, public URL, signed echo', async () => {
    const ran = await doctor();
    assert.equal(ran.code, 0, ran.stdout);
    const checks = checksOf(ran);
    for (const name of [
      'secret files',
      'root CA',
      'server certificate',
      'operator listener',
      'database',
      'schema',
      'audit chain',
      'public URL',
      'CA handed out',
      'clock',
      'signed echo',
    ])
      assert.equal(checks.get(name)?.result, 'pass', `${name}: ${checks.get(name)?.seen}`);
    assert.match(checks.get('database')?.seen ?? '', /^PostgreSQL \d/);
    const words = await place.muster('wfm', 'doctor', '--config', 'muster.yaml');
    assert.match(words.stdout, /✓ database +PostgreSQL/);
  });

  it('names a readable key, a schema of a newer version and a database that is not there, with exit code 1', async () => {
    const key = at(place.root, 'wfm', 'trust', 'server-key.pem');
    await chmod(key, 0o644);
    const client = new pg.Client({ connectionString: database });
    await client.connect();
    await client.query(`insert into migrations (number, name, "appliedAt") values (9999, 'tomorrow', 0)`);
    const sick = await doctor();
    await client.query('delete from migrations where number = 9999');
    await client.end();
    await chmod(key, 0o600);
    assert.equal(sick.code, 1);
    const checks = checksOf(sick);
    assert.equal(checks.get('secret files')?.fix, `chmod 600 ${key}`);
    assert.match(checks.get('schema')?.seen ?? '', /newer version \(9999\)/);
    const nowhere = database.replace(/:\d+\//, ':1/');
    await writeFile(at(place.root, 'away.yaml'), JSON.stringify({ database: nowhere }));
    const away = await place.muster('wfm', 'doctor', '--config', 'away.yaml', '--json');
    assert.equal(away.code, 1);
    assert.match(checksOf(away).get('database')?.seen ?? '', /ECONNREFUSED/);
    assert.ok(!`${away.stdout}${away.stderr}`.includes(password));
  });

  it('writes a bundle for its owner only, without a token, key, passphrase or password', async () => {
    const ran = await doctor('--bundle', 'bundle.json');
    assert.equal(ran.code, 0, ran.stderr);
    const file = at(place.root, 'bundle.json');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const text = await readFile(file, 'utf8');
    const data = at(place.root, 'wfm');
    const secrets = [password, passphrase, (await readFile(at(data, 'operator-token'), 'utf8')).trim()];
    for (const name of await readdir(at(data, 'trust'))) {
      if (!/-key(?:\.pem)?$/.test(name)) continue;
      const key = await readFile(at(data, 'trust', name), 'latin1');
      // A PEM by its lines; anything else as it is, and in the spellings that it might be told in.
      const lines = key.split('\n').filter((line) => line.length >= 32 && !line.startsWith('-----'));
      secrets.push(...(key.startsWith('-----') ? lines : [key]));
      for (const encoding of ['hex', 'base64'] as const)
        secrets.push(Buffer.from(key, 'latin1').toString(encoding));
    }
    assert.ok(secrets.length > 6, `${secrets.length} secrets`);
    for (const secret of secrets) {
      assert.ok(!text.includes(secret), secret.slice(0, 8));
      assert.ok(!`${ran.stdout}${ran.stderr}`.includes(secret), secret.slice(0, 8));
    }
    assert.doesNotMatch(text, /PRIVATE KEY/);
    assert.match(text, /signed echo/, 'and it does say what was found');
  });
});
