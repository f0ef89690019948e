/** How the console is served: what it is made of is tested in its own room. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Answer, call, type Rig, startRig } from '../support/wfm.ts';

describe('the console of a WFM', () => {
  let rig: Rig;
  let parent: string;
  before(async () => {
    parent = await mkdtemp(join(tmpdir(), 'muster-served-'));
    const folder = join(parent, 'dist');
    await mkdir(join(folder, 'assets'), { recursive: true });
    await writeFile(join(folder, 'index.html'), '<title>first page</title>');
    await writeFile(join(folder, 'assets', 'main-1.js'), 'console.log(1)');
    await writeFile(join(folder, '.muster-built'), 'hidden');
    await writeFile(join(parent, 'secret.txt'), 'secret');
    await symlink(join(parent, 'secret.txt'), join(folder, 'assets', '.link'));
    rig = await startRig({ console: folder });
  });
  after(async () => {
    await rig.stop();
    await rm(parent, { recursive: true });
  });
  const get = (path: string, method = 'GET'): Promise<Answer> =>
    call(rig.wfm.operatorUrl, rig.ca, { method, path });

  it('is its files, and its first page at the address of every page', async () => {
    for (const path of ['/console/', '/console/clients', '/console/clients/x?state=a', '/console/a.b/c']) {
      const page = await get(path);
      assert.deepEqual([page.status, page.text], [200, '<title>first page</title>'], path);
      assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
      assert.equal(page.headers['cache-control'], 'no-cache');
    }
    const script = await get('/console/assets/main-1.js');
    assert.deepEqual([script.status, script.text], [200, 'console.log(1)']);
    assert.match(script.headers['content-type'] ?? '', /^(?:text|application)\/javascript;/);
    assert.equal(script.headers['cache-control'], 'public, max-age=31536000, immutable');
    for (const path of ['/', '/console']) {
      const moved = await get(path);
      assert.deepEqual([moved.status, moved.headers['location']], [302, '/console/'], path);
    }
  });

  it('is told by its headers to take scripts and data from here alone', async () => {
    for (const path of ['/console/', '/console/assets/main-1.js', '/console/assets/gone.js', '/']) {
      const { headers } = await get(path);
      const policy = headers['content-security-policy'] ?? '';
      for (const one of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "base-uri 'none'"])
        assert.ok(policy.split('; ').includes(one), `${path}: ${one}`);
      assert.ok(policy.includes("frame-ancestors 'none'") && policy.includes("form-action 'none'"));
      assert.doesNotMatch(policy.replace(/style-src[^;]*/, ''), /unsafe|\*|http/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['access-control-allow-origin'], undefined);
    }
  });

  it('takes GET and HEAD alone, and leads nowhere but into its folder', async () => {
    const head = await get('/console/', 'HEAD');
    assert.deepEqual([head.status, head.text], [200, '']);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      assert.equal((await get('/console/', method)).status, 405, method);
    const ways = ['../secret.txt', '..%2fsecret.txt', '%2e%2e/secret.txt', 'assets/..%2f..%2fsecret.txt'];
    const others = ['.muster-built', 'assets/.link', '..%5csecret.txt', '%00', 'assets/%00', 'assets/'];
    for (const path of [...ways, ...others]) {
      const answer = await get(`/console/${path}`);
      assert.ok(answer.status < 500, `${path}: ${answer.status}`);
      assert.doesNotMatch(answer.text, /secret|hidden/, path);
    }
    const gone = await get('/console/assets/gone.js');
    assert.equal(gone.status, 404);
    assert.match(String(gone.body['detail']), /Reload the page/);
  });

  it('is served never by the device listener', async () => {
    for (const path of ['/', '/console/', '/console/assets/main-1.js']) {
      const answer = await rig.send({ method: 'GET', path });
      assert.equal(answer.status, 404, path);
      assert.doesNotMatch(answer.text, /first page|console.log/);
    }
  });

  it('that is not built is a 404 that says what to do', async () => {
    const none = await startRig();
    const empty = await startRig({ console: join(parent, 'nothing') });
    try {
      for (const [at, next] of [
        [none, /--console DIR/],
        [empty, /npm run console/],
      ] as const) {
        const answer = await call(at.wfm.operatorUrl, at.ca, { method: 'GET', path: '/console/' });
        assert.equal(answer.status, 404);
        assert.match(String(answer.body['detail']), next);
      }
    } finally {
      await none.stop();
      await empty.stop();
    }
  });
});
