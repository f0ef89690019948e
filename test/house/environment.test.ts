/** The tests mean the same in every shell. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';

const preload = new URL('../../scripts/test-environment.mjs', import.meta.url).href;

describe('the environment of the tests', () => {
  it("has nothing of the caller's settings, and what says how much is tested", () => {
    const env = {
      FORCE_COLOR: '1',
      HTTPS_PROXY: 'http://192.0.2.1:3128',
      no_proxy: 'example.com',
      PGHOST: '192.0.2.1',
      NOTIFY_SOCKET: '@none',
      MUSTER_URL: 'https://wfm.example.com',
      MUSTER_RACES: '7',
      CI: 'true',
    };
    const print = 'console.log(JSON.stringify(Object.keys(process.env).sort()))';
    const left = execFileSync(process.execPath, ['--import', preload, '-e', print], {
      env,
      encoding: 'utf8',
    });
    assert.deepEqual(JSON.parse(left), ['CI', 'MUSTER_RACES']);
  });
});
