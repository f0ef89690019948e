/** What can be wrong with a token of an OpenID provider. Apart from its check, which most WFMs never load. */

/** A token that proves nothing. */
export class OidcRefusal extends Error {
  override readonly name = 'OidcRefusal';
}

/** The provider does not answer, or not as one does. */
export class OidcUnavailable extends Error {
  override readonly name = 'OidcUnavailable';
}
