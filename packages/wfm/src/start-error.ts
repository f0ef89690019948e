/** Why a WFM cannot start, in words of its settings instead of those of the system. */

/** A WFM that cannot start, for a reason that whoever starts it can mend. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code: string;
  readonly seen: string;
  readonly expected: string;
  readonly nextStep: string;

  constructor(
    code: string,
    message: string,
    o: { seen: string; expected: string; nextStep: string; cause?: unknown },
  ) {
    super(message, { cause: o.cause });
    this.code = code;
    this.seen = o.seen;
    this.expected = o.expected;
    this.nextStep = o.nextStep;
  }
}

/** Class 28 and 3D of SQLSTATE: who asks, and for which database (PostgreSQL, appendix A). */
const refusedByDatabase = /^(?:28...|3D000)$/;
const networkCodes = /^(?:ECONN|ENOTFOUND|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|EAI_)/;

/** What went wrong while the database was opened. Its own message may name a user or host, so only the code is told. */
export function namedDatabaseError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'SQLITE_BUSY')
    return new StartError('data-in-use', 'Another WFM has the embedded database.', {
      seen: 'its lock is taken',
      expected: 'one process on a data folder',
      nextStep: 'Stop the other one, or choose another folder: --data DIR',
      cause: error,
    });
  if (/^SQLITE_(?:CANTOPEN|CORRUPT|FULL|IOERR|NOTADB|READONLY)/.test(code))
    return new StartError('data-not-usable', 'The embedded database cannot be used.', {
      seen: code,
      expected: 'a whole database in a folder that this user can write, and room on the disk',
      nextStep: 'Look what is wrong: muster wfm doctor; a damaged one comes back from a backup',
      cause: error,
    });
  if (refusedByDatabase.test(code) || networkCodes.test(code))
    return new StartError('database-unreachable', 'The database cannot be used.', {
      seen: code,
      expected: 'a PostgreSQL that lets this WFM in',
      nextStep: 'Check --database, and whether PostgreSQL runs: muster wfm doctor',
      cause: error,
    });
  return error;
}

/** What else the system refuses at a start: addresses and files. */
export function namedSystemError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const { code, syscall, address, port, path } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  if (syscall === 'listen')
    return new StartError('address-not-usable', 'The WFM cannot listen there.', {
      seen: `${code} at ${address ?? ''}:${port ?? ''}`,
      expected: 'an address of this machine with a free port',
      nextStep: 'Stop what listens there, or choose another: --device-listen, --operator-listen',
      cause: error,
    });
  const isOfNetwork = syscall === 'connect' || syscall === 'getaddrinfo';
  if (syscall !== undefined && !isOfNetwork && /^E[A-Z]+$/.test(code ?? ''))
    return new StartError('file-not-usable', 'A file or folder that the WFM needs cannot be used.', {
      // Reading a folder as a file tells no path.
      seen: path === undefined ? error.message : `${code} ${path}`,
      expected: 'a file that this user can read, in a folder that it can write',
      nextStep: 'Check the path in the settings, who owns it, and whether the disk is full.',
      cause: error,
    });
  return error;
}
