import { command } from '../command.ts';
import { readSession, removeSession, sessionFile } from '../session/file.ts';
import { json, say, tick } from '../ui.ts';

export const logout = command(
  'logout',
  'forget the session, and have the provider revoke it',
  (c) => c,
  async (_args, options) => {
    const file = sessionFile(process.env);
    const session = readSession(file);
    await removeSession(file);
    let revoked = false;
    if (session?.refreshToken != null) {
      try {
        await (await import('../session/provider.ts')).revoke(session);
        revoked = true;
      } catch {
        say('The provider could not be told; its refresh token counts until it ends.');
      }
    }
    if (options.json === true) json({ loggedOut: session !== null, revoked });
    else tick('logged out', session?.operatorUrl ?? 'nobody was logged in');
  },
);
