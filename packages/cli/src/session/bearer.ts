/** The token of a session, renewed shortly before it ends. */
import { readSession, type Session, writeSession } from './file.ts';

const earlyMilliseconds = 15_000;

/**
 * Makes what gives the present token.
 * @throws OperatorError from the call, when the session has ended
 */
export function sessionBearer(file: string, first: Session): () => Promise<string> {
  let session = first;
  let pending: Promise<void> | undefined;
  async function renew(): Promise<void> {
    const before = session.bearer;
    try {
      session = await (await import('./provider.ts')).refresh(session);
    } catch (error) {
      // Another command of the same person may have been faster; a refresh token counts once.
      const other = readSession(file);
      if (other === null || other.bearer === before || other.operatorUrl !== first.operatorUrl) throw error;
      session = other;
      return;
    }
    await writeSession(file, session);
  }
  return async () => {
    if (session.expiresAt - earlyMilliseconds < Date.now()) {
      pending ??= renew().finally(() => (pending = undefined));
      await pending;
    }
    return session.bearer;
  };
}
