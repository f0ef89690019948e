/** Who stands behind an actor: a person's name at the OpenID provider may change, the subject does not. */
export function personOf(actor: string): string {
  return actor.startsWith('oidc:') ? (actor.split(' ')[0] ?? actor) : actor;
}

/**
 * Who acts with a token of Muster's own. One that a person of the OpenID provider has made is that person's, whatever it is
 * called and whoever has it: its maker has seen it, and where two must approve nobody is two by making a token. Other
 * tokens are known by their name only.
 */
export function actorOfToken(token: { readonly name: string; readonly createdBy: string }): string {
  const maker = personOf(token.createdBy);
  return maker.startsWith('oidc:') ? `${maker} token ${token.name}` : token.name;
}
