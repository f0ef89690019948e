/** Who stands behind an actor: a person's name at the OpenID provider may change, the subject does not. */
export function personOf(actor: string): string {
  return actor.startsWith('oidc:') ? (actor.split(' ')[0] ?? actor) : actor;
}
