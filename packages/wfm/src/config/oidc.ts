/** People of an OpenID provider as operators. */
import { parseRoleMapping } from '../oidc/roles.ts';
import { type Row, SettingsError } from './setting.ts';

export interface OidcSettings {
  readonly oidcIssuer: string | null;
  readonly oidcClientId: string | null;
  readonly oidcAudience: string | null;
  readonly oidcScopes: string;
  readonly oidcRoleClaim: string;
  readonly oidcRoles: readonly string[];
  readonly oidcCa: string | null;
}

export const oidcSettings: ReadonlyArray<Row<keyof OidcSettings>> = [
  {
    name: 'oidcIssuer',
    flag: 'oidc-issuer',
    kind: 'text',
    fallback: null,
    help: 'https URL of the OpenID provider whose people may be operators',
  },
  {
    name: 'oidcClientId',
    flag: 'oidc-client-id',
    kind: 'text',
    fallback: null,
    help: 'what Muster is called at the OpenID provider',
  },
  {
    name: 'oidcAudience',
    flag: 'oidc-audience',
    kind: 'text',
    fallback: null,
    help: 'audience of accepted access tokens; without it ID tokens for the client id are accepted',
  },
  {
    name: 'oidcScopes',
    flag: 'oidc-scopes',
    kind: 'text',
    fallback: 'openid profile offline_access',
    help: 'what muster login asks the OpenID provider for',
  },
  {
    name: 'oidcRoleClaim',
    flag: 'oidc-role-claim',
    kind: 'text',
    fallback: 'groups',
    help: 'claim that holds the groups or roles; dots lead into objects (realm_access.roles)',
  },
  {
    name: 'oidcRoles',
    flag: 'oidc-role',
    kind: 'list',
    fallback: [],
    help: 'value of that claim and the role it gives, such as plant-admins=admin; may be repeated; nobody else is let in',
  },
  {
    name: 'oidcCa',
    flag: 'oidc-ca',
    kind: 'text',
    fallback: null,
    help: 'root CA of the OpenID provider where it is not a public one, PEM',
  },
];

/** @throws SettingsError */
export function checkOidc({ oidcIssuer, oidcClientId, oidcRoles }: OidcSettings): void {
  for (const one of oidcRoles)
    if (parseRoleMapping(one) === null)
      throw new SettingsError('oidc-role', one, 'value=viewer, value=operator or value=admin');
  if (oidcIssuer === null) {
    if (oidcClientId !== null || oidcRoles.length > 0)
      throw new SettingsError(
        'oidc-issuer',
        'none beside other oidc settings',
        'the https URL of the issuer',
      );
    return;
  }
  if (!URL.canParse(oidcIssuer) || new URL(oidcIssuer).protocol !== 'https:' || /[?#]/.test(oidcIssuer))
    throw new SettingsError('oidc-issuer', oidcIssuer, 'an https URL without query');
  if (oidcClientId === null)
    throw new SettingsError('oidc-client-id', 'none with --oidc-issuer', 'the client id at the provider');
}
