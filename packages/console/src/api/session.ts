/** Who is signed in: an operator token, kept for this tab alone. */

const key = 'muster.token';
const listeners = new Set<() => void>();

interface Session {
  readonly token: string | null;
  /** Why there is none any more; null when nobody has been turned away. */
  readonly reason: string | null;
}

let session: Session = { token: sessionStorage.getItem(key), reason: null };

function become(next: Session): void {
  session = next;
  if (next.token === null) sessionStorage.removeItem(key);
  else sessionStorage.setItem(key, next.token);
  for (const listener of listeners) listener();
}

/** The session as it is now. */
export const currentSession = (): Session => session;

/** For React: tells of each change. @returns what ends that */
export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Uses a token from now on. */
export const signIn = (token: string): void => become({ token, reason: null });

/** Forgets the token. @param reason shown where one signs in; null for who has asked to leave */
export const signOut = (reason: string | null = null): void => become({ token: null, reason });

/**
 * Takes the token of a link (`#token=…`) over, and removes it from the address and so from the history. A fragment reaches
 * no server (RFC 9110 section 4.1).
 */
export function takeTokenFromAddress(): void {
  const token = /^#token=([!-~]{16,})$/.exec(location.hash)?.[1];
  if (token === undefined) return;
  history.replaceState(history.state, '', location.pathname + location.search);
  signIn(decodeURIComponent(token));
}
