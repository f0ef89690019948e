/** Tokens of an OpenID provider as proof of who an operator is (OpenID Connect Core, RFC 9068, RFC 8725). */
import {
  createRemoteJWKSet,
  customFetch,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import type { Role } from '../store/ports.ts';
import { OidcRefusal, OidcUnavailable } from './errors.ts';
import { providerFetch } from './provider.ts';
import { actorOf, claimValues, roleOf } from './roles.ts';

/** Signatures of key pairs only: with `none` and HS256 a token could be made by who knows public things (RFC 8725 2.1). */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** ID tokens and access tokens; a logout token, signed by the same keys, is neither (RFC 8725 section 3.11). */
const tokenTypes = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];
const clockToleranceSeconds = 60;
const keysMilliseconds = 300_000;
const discoveryMilliseconds = 3_600_000;
/** How often somebody who invents key ids can make the WFM ask the provider. */
const cooldownMilliseconds = 5_000;

export interface OidcOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly audience: string;
  readonly roleClaim: string;
  readonly roles: readonly string[];
  readonly ca: string | undefined;
  readonly now: () => number;
  /** Between two questions to the provider for keys. */
  readonly cooldownMilliseconds?: number;
  /** How long keys count without asking again. */
  readonly keysMilliseconds?: number;
}

interface OidcPerson {
  readonly subject: string;
  readonly actor: string;
  /** Null for somebody whom the settings give no role. */
  readonly role: Role | null;
}

export interface OidcVerifier {
  /** @throws OidcRefusal, OidcUnavailable */
  verify(token: string): Promise<OidcPerson>;
  close(): Promise<void>;
}

/** What is wrong with a token, in words that its sender may read. */
function refusalOf(error: errors.JOSEError, o: OidcOptions): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return `The token is not of the issuer ${o.issuer}.`;
    if (error.claim === 'aud') return `The token is not for the audience ${o.audience}.`;
    return `The claim ${error.claim} of the token is missing or wrong.`;
  }
  if (error instanceof errors.JWKSNoMatchingKey)
    return 'The token names a key that the issuer does not have (any more).';
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return 'The signature of the token is not true.';
  return 'The token is no signed JWT of a kind that is accepted.';
}

/** Before anything is asked of anybody: is this worth the question? @throws OidcRefusal */
function checkHeader(token: string): void {
  let header: { alg?: string; typ?: string };
  try {
    header = decodeProtectedHeader(token);
  } catch {
    throw new OidcRefusal('The token is no JWT.');
  }
  if (header.alg === undefined || !algorithms.includes(header.alg))
    throw new OidcRefusal(`The token is not signed by one of ${algorithms.join(', ')}.`);
  if (!tokenTypes.includes(header.typ?.toLowerCase()))
    throw new OidcRefusal('The token is neither an ID token nor an access token.');
}

/**
 * Makes the check. The provider is found by discovery at the first token, its keys are asked for again when they are old or a
 * token names one that is not known, and the last ones count while it does not answer.
 */
export function oidcVerifier(o: OidcOptions): OidcVerifier {
  const provider = providerFetch(o);
  const cooldown = o.cooldownMilliseconds ?? cooldownMilliseconds;
  let found: { keys: ReturnType<typeof createRemoteJWKSet>; url: string; at: number } | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  let pending: Promise<void> | undefined;

  async function discover(): Promise<void> {
    try {
      const text = await provider.get(`${o.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
      const { issuer, jwks_uri: url } = JSON.parse(text) as { issuer?: unknown; jwks_uri?: unknown };
      if (issuer !== o.issuer) throw new Error(`the document is of the issuer ${String(issuer)}`);
      if (typeof url !== 'string' || !URL.canParse(url) || new URL(url).protocol !== 'https:')
        throw new Error('the document names no https address of keys');
      const keys =
        found?.url === url
          ? found.keys
          : createRemoteJWKSet(new URL(url), {
              cooldownDuration: cooldown,
              cacheMaxAge: o.keysMilliseconds ?? keysMilliseconds,
              [customFetch]: async (address) => new Response(await provider.get(address)),
            });
      found = { keys, url, at: o.now() };
    } catch (error) {
      failedAt = o.now();
      throw error;
    }
  }

  async function keySet(): Promise<ReturnType<typeof createRemoteJWKSet>> {
    if (found === undefined || o.now() - found.at > discoveryMilliseconds) {
      if (o.now() - failedAt < cooldown)
        throw new OidcUnavailable('The OpenID provider did not answer just now.');
      pending ??= discover().finally(() => (pending = undefined));
      await pending;
    }
    if (found === undefined) throw new OidcUnavailable('The OpenID provider was not found.');
    return found.keys;
  }

  function personOf(payload: JWTPayload): OidcPerson {
    const subject = payload.sub;
    // OpenID Connect Core section 2: at most 255 ASCII characters.
    if (subject === undefined || !/^[\x20-\x7e]{1,255}$/.test(subject))
      throw new OidcRefusal('The token has no subject of 1 to 255 ASCII characters.');
    // OpenID Connect Core 3.1.3.7: of several audiences the authorised party is the one that is meant.
    if (Array.isArray(payload.aud) && payload.aud.length > 1 && payload['azp'] !== o.clientId)
      throw new OidcRefusal('The token is for several audiences and was not issued to this client.');
    return { subject, actor: actorOf(payload), role: roleOf(claimValues(payload, o.roleClaim), o.roles) };
  }

  return {
    async verify(token) {
      checkHeader(token);
      try {
        const { payload } = await jwtVerify(token, await keySet(), {
          issuer: o.issuer,
          audience: o.audience,
          algorithms,
          clockTolerance: clockToleranceSeconds,
          requiredClaims: ['exp', 'sub'],
          currentDate: new Date(o.now()),
        });
        return personOf(payload);
      } catch (error) {
        if (error instanceof OidcRefusal || error instanceof OidcUnavailable) throw error;
        if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout))
          throw new OidcRefusal(refusalOf(error, o), { cause: error });
        throw new OidcUnavailable('The OpenID provider cannot be reached.', { cause: error });
      }
    },
    close: () => provider.close(),
  };
}
