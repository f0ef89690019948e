/** What a token of an OpenID provider must be to count; the provider is a real one, the forgeries are signed with its own key. */
import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { base64url, SignJWT } from 'jose';
import { OidcRefusal, OidcUnavailable } from '../../src/oidc/errors.ts';
import { oidcVerifier, type OidcOptions } from '../../src/oidc/verify.ts';
import { audience, clientId, type OpenIdProvider, roleMapping, startProvider } from '../support/openid.ts';

describe('a token of an OpenID provider', () => {
  let provider: OpenIdProvider;
  before(async () => {
    provider = await startProvider();
  });
  after(() => provider.close());

  const options = (more: Partial<OidcOptions> = {}): OidcOptions => ({
    issuer: provider.issuer,
    clientId,
    audience,
    roleClaim: 'groups',
    roles: roleMapping,
    ca: provider.ca,
    now: Date.now,
    cooldownMilliseconds: 50,
    ...more,
  });
  const seconds = (offset: number): number => Math.floor(Date.now() / 1000) + offset;
  const claims = (more: object = {}): Record<string, unknown> => ({
    iss: provider.issuer,
    aud: audience,
    sub: 'alice',
    exp: seconds(300),
    iat: seconds(0),
    groups: ['plant-admins'],
    ...more,
  });

  it('counts when all of it is right, and says who and which role', async () => {
    const verifier = oidcVerifier(options());
    const person = await verifier.verify(await provider.sign(claims({ name: 'Alice' })));
    assert.deepEqual(person, { subject: 'alice', actor: 'oidc:alice Alice', role: 'admin' });
    assert.equal((await verifier.verify(await provider.sign(claims({ groups: ['x'] })))).role, null);
    assert.equal((await verifier.verify(await provider.sign(claims(), { typ: 'at+jwt' }))).role, 'admin');
    const several = claims({ aud: [audience, 'other'], azp: clientId });
    assert.equal((await verifier.verify(await provider.sign(several))).role, 'admin');
    // The clock of the provider may differ by up to a minute.
    assert.equal((await verifier.verify(await provider.sign(claims({ exp: seconds(-30) })))).role, 'admin');
    await verifier.close();
  });

  it('is refused by name for whatever is wrong with it', async () => {
    const verifier = oidcVerifier(options());
    const part = (value: object): string => base64url.encode(JSON.stringify(value));
    const [head = '', body = '', signature = ''] = (await provider.sign(claims())).split('.');
    // The confusion of CVE-2015-9235: the public key as the secret of an HMAC.
    const secret = createSecretKey(Buffer.from(JSON.stringify(provider.publicJwk())));
    const hs256 = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'first' }).sign(secret);
    const stranger = await startProvider();
    const table: ReadonlyArray<readonly [string, string, RegExp]> = [
      ['another audience', await provider.sign(claims({ aud: 'https://other.example' })), /audience/],
      ['no audience', await provider.sign(claims({ aud: undefined })), /claim aud|audience/],
      ['another issuer', await provider.sign(claims({ iss: 'https://evil.example' })), /issuer/],
      ['expired', await provider.sign(claims({ exp: seconds(-90) })), /expired/],
      ['without an end', await provider.sign(claims({ exp: undefined })), /claim exp/],
      ['not yet', await provider.sign(claims({ nbf: seconds(90) })), /claim nbf/],
      ['nobody', await provider.sign(claims({ sub: undefined })), /claim sub/],
      ['an empty subject', await provider.sign(claims({ sub: '' })), /subject/],
      ['alg none', `${part({ alg: 'none' })}.${body}.`, /not signed by one of/],
      ['HS256', hs256, /not signed by one of/],
      ['an unknown kid', await provider.sign(claims(), { kid: 'nobody-has-it' }), /names a key/],
      ['another provider with the same kid', await stranger.sign(claims()), /signature/],
      ['changed claims', `${head}.${part(claims({ groups: ['x'] }))}.${signature}`, /signature/],
      [
        'a key in the header',
        `${part({ alg: 'ES256', jwk: provider.publicJwk(), kid: 'x' })}.${body}.${signature}`,
        /names a key/,
      ],
      [
        'a critical extension',
        await provider
          .sign(claims(), { crit: ['x'], x: 1 })
          .catch(() => `${part({ alg: 'ES256', kid: 'first', crit: ['x'], x: 1 })}.${body}.${signature}`),
        /no signed JWT/,
      ],
      ['a logout token', await provider.sign(claims(), { typ: 'logout+jwt' }), /neither/],
      [
        'several audiences, somebody else’s',
        await provider.sign(claims({ aud: [audience, 'b'], azp: 'b' })),
        /several/,
      ],
      ['no claims', `${head}.${base64url.encode('[]')}.${signature}`, /signature/],
      ['rubbish', 'a.b.c', /no JWT/],
    ];
    for (const [what, token, reason] of table)
      await assert.rejects(verifier.verify(token), (error) => {
        assert.ok(error instanceof OidcRefusal, `${what}: ${String(error)}`);
        assert.match(error.message, reason, what);
        return true;
      });
    await stranger.close();
    await verifier.close();
  });

  it('follows the provider to new keys, and gives the old ones up', async () => {
    const verifier = oidcVerifier(options({ keysMilliseconds: 100 }));
    const old = await provider.sign(claims());
    assert.equal((await verifier.verify(old)).role, 'admin');
    await provider.rotate();
    await new Promise((resolve) => setTimeout(resolve, 120));
    assert.equal((await verifier.verify(await provider.sign(claims()))).role, 'admin');
    await assert.rejects(verifier.verify(old), /names a key/);
    await verifier.close();
  });

  it('counts while the provider is away, by the keys that were learnt before; without any it is “unavailable”', async () => {
    const verifier = oidcVerifier(options({ keysMilliseconds: 20 }));
    const token = await provider.sign(claims());
    await verifier.verify(token);
    await provider.down();
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal((await verifier.verify(token)).role, 'admin');
    const fresh = oidcVerifier(options());
    await assert.rejects(fresh.verify(token), OidcUnavailable);
    await provider.up();
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal((await fresh.verify(token)).role, 'admin');
    await Promise.all([verifier.close(), fresh.close()]);
  });

  it('is not believed from a provider of another CA, or with another name for itself', async () => {
    const other = oidcVerifier(options({ ca: undefined }));
    await assert.rejects(other.verify(await provider.sign(claims())), OidcUnavailable);
    const renamed = oidcVerifier(options({ issuer: provider.issuer.replace('localhost', '127.0.0.1') }));
    await assert.rejects(renamed.verify(await provider.sign(claims())), OidcUnavailable);
    await Promise.all([other.close(), renamed.close()]);
  });
});
