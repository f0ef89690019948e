/** Who is logged in: one session, in a file that only its owner reads. */
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** How to talk to the OpenID provider again. */
export interface ProviderAccess {
  readonly issuer: string;
  readonly clientId: string;
  /** File with the secret of a client that is not public. */
  readonly clientSecretFile: string | null;
  /** PEM, where the issuer has no certificate of a public CA. */
  readonly issuerCa: string | null;
  readonly token: 'id_token' | 'access_token';
  readonly audience: string;
}

export interface Session extends ProviderAccess {
  /** The WFM that this session is for: its token goes nowhere else. */
  readonly operatorUrl: string;
  readonly operatorCa: string | null;
  readonly bearer: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly refreshToken: string | null;
}

/** Where the session is. */
export function sessionFile(env: NodeJS.ProcessEnv): string {
  const config = env['XDG_CONFIG_HOME'];
  return join(
    config === undefined || config === '' ? join(homedir(), '.config') : config,
    'muster',
    'session.json',
  );
}

/** Nobody is logged in where the file is missing or damaged. */
export function readSession(file: string): Session | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Session;
  } catch {
    return null;
  }
}

/** Keeps a session: mode 0600, whole or not at all. */
export async function writeSession(file: string, session: Session): Promise<void> {
  const { makeDirectory, writeFileAtomic } = await import('@muster/pki');
  await makeDirectory(dirname(file));
  await writeFileAtomic(file, `${JSON.stringify(session, null, 2)}\n`, 0o600);
}

/** Forgets the session. */
export async function removeSession(file: string): Promise<void> {
  await rm(file, { force: true });
}
