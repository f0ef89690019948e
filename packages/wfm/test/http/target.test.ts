/** Which URI a client may have signed, by what is configured and what a proxy says. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { publicOrigin, targetCandidates } from '../../src/http/target.ts';

const origins = ['https://a.example', 'https://b.example:8443/wfm'].map(publicOrigin);
const ask = (
  headers: Record<string, string>,
  peer = '10.0.0.1',
  trustedProxies = ['10.0.0.0/8'],
  own = origins,
): string[] =>
  targetCandidates({ url: '/api/v1/x', header: (name) => headers[name], peer, origins: own, trustedProxies });
const [a, b] = ['https://a.example/api/v1/x', 'https://b.example:8443/wfm/api/v1/x'];

describe('the signed target', () => {
  it('is chosen among the public URLs by what a listed proxy forwards', () => {
    assert.deepEqual(ask({ 'x-forwarded-host': 'b.example:8443' }), [b, a]);
    assert.deepEqual(ask({ forwarded: 'for=1.2.3.4;host="b.example:8443";proto=https' }), [b, a]);
    assert.deepEqual(ask({ host: 'b.example:8443' }), [b, a]);
  });
  it('is never what a header says', () => {
    for (const value of ['evil.example', 'a.example@evil.example', 'a.example/../x', ''])
      assert.deepEqual(ask({ 'x-forwarded-host': value, host: 'a.example' }), [a, b]);
  });
  it('does not listen to a peer that is not listed', () => {
    assert.deepEqual(ask({ 'x-forwarded-host': 'b.example:8443', host: 'a.example' }, '192.0.2.1'), [a, b]);
    assert.deepEqual(ask({ 'x-forwarded-host': 'b.example:8443', host: 'a.example' }, '10.0.0.1', []), [
      a,
      b,
    ]);
    assert.deepEqual(
      ask({ 'x-forwarded-host': 'b.example:8443' }, '::ffff:10.0.0.1'),
      [b, a],
      'IPv4 in IPv6',
    );
  });
  it('is the Host header with https where nothing is configured', () => {
    assert.deepEqual(ask({ host: 'h:1', 'x-forwarded-host': 'evil' }, '10.0.0.1', ['10.0.0.1'], []), [
      'https://h:1/api/v1/x',
    ]);
  });
});
