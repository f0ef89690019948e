/** A checkpoint beside the database, so that whoever can change the one cannot cut the log's end unseen. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeCertificates, writeFileAtomic } from '@muster/pki';
import type { Logger } from 'pino';
import type { AuditStore } from '../store/ports.ts';
import type { ChainHead } from './chain.ts';
import { makeCheckpoint, readCheckpoint, type Signed } from './documents.ts';
import type { AuditSigner } from './signer.ts';

const everyMilliseconds = 30_000;

export interface CheckpointKeeper {
  /** The last head that was noted, or null before the first; `damaged` for a file that this WFM has not written so. */
  anchor(): Promise<ChainHead | 'damaged' | null>;
  /** A signed checkpoint of this moment. */
  now(): Promise<Signed>;
  close(): Promise<void>;
}

/** Starts noting where the log ends, every half minute and at the end. */
export function keepCheckpoints(o: {
  directory: string;
  audit: AuditStore;
  signer: AuditSigner;
  log: Logger;
  now: () => number;
}): CheckpointKeeper {
  const path = join(o.directory, 'audit-checkpoint.json');
  const anchor = async (): Promise<ChainHead | 'damaged' | null> => {
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text === null) return null;
    try {
      const signed = JSON.parse(text) as Signed;
      const isOurs = decodeCertificates(signed.certificate)[0]?.sha256 === o.signer.fingerprint;
      return (isOurs ? readCheckpoint(signed) : null) ?? 'damaged';
    } catch {
      return 'damaged';
    }
  };
  const now = async (): Promise<Signed> => makeCheckpoint(o.signer, await o.audit.head(), o.now());
  let noted = 0;
  async function note(): Promise<void> {
    const head = await o.audit.head();
    // A log that has become shorter is what a checkpoint is there to show: it must not follow.
    const before = noted === 0 ? await anchor() : { seq: noted };
    // Nor may one that somebody has changed be made good by the next.
    if (before === 'damaged')
      throw new Error(`${path} is damaged; compare the log with your last export, then remove this file`);
    if (before !== null && head.seq <= before.seq) return;
    noted = head.seq;
    const text = JSON.stringify(await makeCheckpoint(o.signer, head, o.now()));
    await writeFileAtomic(path, `${text}\n`, 0o600);
  }
  const run = (): Promise<void> =>
    note().catch((error: unknown) => o.log.warn({ err: error }, 'the audit checkpoint could not be written'));
  const timer = setInterval(() => void run(), everyMilliseconds);
  timer.unref();
  return {
    anchor,
    now,
    async close() {
      clearInterval(timer);
      await run();
    },
  };
}
