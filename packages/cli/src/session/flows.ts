/** The ways to log in. */
import * as openid from 'openid-client';
import type { ProviderAccess } from './file.ts';
import { listenOnLoopback } from './loopback.ts';
import { asRefusal, resourceOf, type Tokens } from './provider.ts';

/** The code flow with PKCE (RFC 7636) over a browser on this machine. */
export async function byBrowser(
  provider: openid.Configuration,
  access: ProviderAccess,
  scope: string,
  show: (url: string) => void,
): Promise<Tokens> {
  const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
  const loopback = await listenOnLoopback(expectedState);
  try {
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const url = openid.buildAuthorizationUrl(provider, {
      redirect_uri: loopback.redirectUri,
      scope,
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      // OpenID Connect Core section 11: without consent there is no offline access.
      ...(scope.split(' ').includes('offline_access') ? { prompt: 'consent' } : {}),
      ...resourceOf(access),
    });
    show(url.href);
    const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
    return await asRefusal(
      openid.authorizationCodeGrant(provider, await loopback.answer, checks, resourceOf(access)),
    );
  } finally {
    loopback.close();
  }
}

/** The device authorization grant (RFC 8628): the browser is somewhere else. */
export async function byCode(
  provider: openid.Configuration,
  access: ProviderAccess,
  scope: string,
  show: (url: string, code: string) => void,
): Promise<Tokens> {
  const resource = resourceOf(access);
  const started = await asRefusal(openid.initiateDeviceAuthorization(provider, { scope, ...resource }));
  show(started.verification_uri_complete ?? started.verification_uri, started.user_code);
  return asRefusal(openid.pollDeviceAuthorizationGrant(provider, started, resource));
}
