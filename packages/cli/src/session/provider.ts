/** The OpenID provider as `muster login` uses it: openid-client does the protocol, undici knows the CA. */
import * as openid from 'openid-client';
import { Agent, request, type Dispatcher } from 'undici';
import { readOwnFile } from '../own-file.ts';
import { connectionError, OperatorError } from '../operator-error.ts';
import type { ProviderAccess, Session } from './file.ts';

/** Documents of a provider are small; whoever sends more, or nothing for so long, is none. */
const limits = { maxResponseSize: 1_048_576, headersTimeout: 30_000, bodyTimeout: 30_000 };

/** HTTPS with a CA of one's own; without one the public CAs count. Redirects are not followed. */
export function httpsFetch(ca: string | null): openid.CustomFetch {
  const dispatcher = new Agent({ ...limits, connect: ca === null ? {} : { ca }, keepAliveTimeout: 1 });
  return async (url, o) => {
    const answer = await request(url, {
      dispatcher,
      method: o.method as Dispatcher.HttpMethod,
      headers: o.headers,
      ...(o.body === null || o.body === undefined ? {} : { body: String(o.body) }),
      ...(o.signal === undefined ? {} : { signal: o.signal }),
    }).catch((error: unknown) => {
      throw connectionError(error, `The OpenID provider at ${new URL(url).origin}`, {
        trust: 'Have --oidc-ca set at the WFM to the root CA of the provider.',
        unreachable: 'Check the address of the provider (--oidc-issuer at the WFM).',
      });
    });
    const contentType = String(answer.headers['content-type'] ?? 'application/json');
    const text = await answer.body.text();
    return new Response(text === '' ? null : text, {
      status: answer.statusCode,
      headers: { 'content-type': contentType },
    });
  };
}

/** Finds the provider. @throws OperatorError */
export async function discover(access: ProviderAccess): Promise<openid.Configuration> {
  const secret =
    access.clientSecretFile === null
      ? null
      : (await readOwnFile(access.clientSecretFile, 65_536, 'Check the path.')).toString('utf8').trim();
  const authentication = secret === null ? openid.None() : openid.ClientSecretPost(secret);
  const options = { [openid.customFetch]: httpsFetch(access.issuerCa) };
  return asRefusal(openid.discovery(new URL(access.issuer), access.clientId, {}, authentication, options));
}

/** What the provider is asked in any flow: an access token is asked for its audience (RFC 8707). */
export function resourceOf(access: ProviderAccess): Record<string, string> {
  if (access.token === 'id_token') return {};
  return URL.canParse(access.audience)
    ? { resource: access.audience, audience: access.audience }
    : { audience: access.audience };
}

/** What an error of the protocol is to the user. @throws OperatorError */
export async function asRefusal<T>(pending: Promise<T>): Promise<T> {
  try {
    return await pending;
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    for (let at: unknown = error; at instanceof Error; at = at.cause)
      if (at instanceof OperatorError) throw at;
    const code = error instanceof Error && 'error' in error ? String(error.error) : 'oidc';
    const text = error instanceof Error && 'error_description' in error ? error.error_description : undefined;
    const seen = typeof text === 'string' ? text : error instanceof Error ? error.message : String(error);
    throw new OperatorError('refused', code, 'The OpenID provider did not log you in.', {
      seen,
      nextStep: 'Log in again: muster login',
      cause: error,
    });
  }
}

export type Tokens = openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers;

/** The part of a session that came with tokens. @throws OperatorError when the token that is needed is missing */
export function bearerOf(access: ProviderAccess, tokens: Tokens, refreshToken: string | null) {
  const bearer = access.token === 'id_token' ? tokens.id_token : tokens.access_token;
  if (bearer === undefined)
    throw new OperatorError('refused', 'no-token', 'The OpenID provider sent no ID token.', {
      nextStep: 'Log in again: muster login',
    });
  // An ID token states its own end; the provider says how long an access token counts.
  const seconds = access.token === 'id_token' ? tokens.claims()?.exp : undefined;
  const expiresAt = seconds === undefined ? Date.now() + (tokens.expiresIn() ?? 300) * 1000 : seconds * 1000;
  return { bearer, expiresAt, refreshToken: tokens.refresh_token ?? refreshToken };
}

/** Gets new tokens for a session. @throws OperatorError */
export async function refresh(session: Session): Promise<Session> {
  if (session.refreshToken === null)
    throw new OperatorError('refused', 'session-ended', 'You are not logged in any more.', {
      nextStep: 'Log in again: muster login',
    });
  const provider = await discover(session);
  const tokens = await asRefusal(
    openid.refreshTokenGrant(provider, session.refreshToken, resourceOf(session)),
  );
  return { ...session, ...bearerOf(session, tokens, session.refreshToken) };
}

/** Has the provider revoke a session (RFC 7009). @throws OperatorError */
export async function revoke(session: Session): Promise<void> {
  if (session.refreshToken === null) return;
  await asRefusal(openid.tokenRevocation(await discover(session), session.refreshToken));
}
