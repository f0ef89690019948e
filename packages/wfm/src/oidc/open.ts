import { readFile } from 'node:fs/promises';
import type { WfmSettings } from '../config/settings.ts';
import type { OidcVerifier } from './verify.ts';

/** The OpenID provider of a WFM: how to log in there, and the check of what it signs. */
export interface Oidc {
  readonly issuer: string;
  readonly clientId: string;
  readonly audience: string;
  readonly scopes: string;
  readonly roleClaim: string;
  /** PEM. */
  readonly ca: string | undefined;
  readonly verifier: OidcVerifier;
}

/** Reads the settings; null where there is no provider. */
export async function openOidc(settings: WfmSettings, now: () => number): Promise<Oidc | null> {
  const { oidcIssuer: issuer, oidcClientId: clientId } = settings;
  if (issuer === null || clientId === null) return null;
  const audience = settings.oidcAudience ?? clientId;
  const roleClaim = settings.oidcRoleClaim;
  const ca = settings.oidcCa === null ? undefined : await readFile(settings.oidcCa, 'utf8');
  // Loaded where there is one: it brings an HTTP client and the cryptography of JWTs along.
  const { oidcVerifier } = await import('./verify.ts');
  const verifier = oidcVerifier({
    issuer,
    clientId,
    audience,
    roleClaim,
    roles: settings.oidcRoles,
    ca,
    now,
  });
  return { issuer, clientId, audience, scopes: settings.oidcScopes, roleClaim, ca, verifier };
}
