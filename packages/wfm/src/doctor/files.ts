/** What the doctor sees in the data folder: rights, room, keys, certificates, the speed of the disk. */
import { mkdtemp, open, readdir, readFile, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeCertificates, readCertificateFile, type Signed } from '@muster/pki';
import { type Check, fail, pass, skip, warn } from '@muster/protocol';
import { readCheckpoint } from '../audit/documents.ts';

const gibibyte = 1_073_741_824;
const day = 86_400_000;
/** A commit waits for the disk; slower than this, and onboarding is slow. */
const slowSync = 20;

async function folderChecks(data: string): Promise<Check[]> {
  const { mode } = await stat(data);
  const isOpen = (mode & 0o077) !== 0;
  const { bavail, bsize } = await statfs(data);
  const free = bavail * bsize;
  const room = `${(free / gibibyte).toFixed(1)} GiB free`;
  const more = 'Make room, or move the data folder: --data DIR';
  return [
    isOpen
      ? warn('data folder', `${data} can be entered by others`, `chmod 700 ${data}`)
      : pass('data folder', data),
    free < gibibyte / 10
      ? fail('disk', room, more)
      : free < gibibyte
        ? warn('disk', room, more)
        : pass('disk', room),
  ];
}

async function secretChecks(data: string): Promise<Check> {
  const trust = await readdir(join(data, 'trust')).catch(() => []);
  const secrets = trust
    .filter((name) => /-key(?:\.pem)?$/.test(name))
    .map((name) => join(data, 'trust', name));
  const open: string[] = [];
  let seen = 0;
  for (const path of [...secrets, join(data, 'operator-token')]) {
    const found = await stat(path).catch(() => null);
    if (found === null) continue;
    seen++;
    if ((found.mode & 0o077) !== 0) open.push(path);
  }
  if (seen === 0) return skip('secret files', 'none yet; a first start makes them');
  return open.length === 0
    ? pass('secret files', 'readable by their owner only')
    : fail('secret files', `readable by others: ${open.join(', ')}`, `chmod 600 ${open.join(' ')}`);
}

/** Judges the validity of a certificate file. */
async function certificateCheck(name: string, path: string, soon: number, now: number): Promise<Check> {
  const bytes = await readFile(path).catch(() => null);
  if (bytes === null) return skip(name, `no ${path}`);
  const [certificate] = readCertificateFile(bytes);
  if (certificate === undefined)
    return fail(name, `${path} holds no certificate`, 'Restore it from a backup.');
  const until = `valid until ${certificate.notAfter.toISOString()}`;
  const left = certificate.notAfter.getTime() - now;
  const fix =
    'Start the WFM: it renews its own. Renew files of your own, and a root CA by muster wfm trust rotate.';
  if (left <= 0 || certificate.notBefore.getTime() > now) return fail(name, `not valid now; ${until}`, fix);
  return left < soon * day ? warn(name, until, fix) : pass(name, until);
}

/** The checkpoint beside the database: without one that holds, an end cut off the log would go unseen. */
async function checkpointCheck(data: string): Promise<Check> {
  const name = 'audit checkpoint';
  const text = await readFile(join(data, 'trust', 'audit-checkpoint.json'), 'utf8').catch(() => null);
  if (text === null) return skip(name, 'none yet; a running WFM notes one within half a minute');
  const fix = 'Find out who has changed it; compare the log with your last export: muster audit verify FILE';
  let signed: Signed;
  let noted: ReturnType<typeof readCheckpoint>;
  try {
    signed = JSON.parse(text) as Signed;
    noted = readCheckpoint(signed);
  } catch {
    return fail(name, 'the file is damaged', fix);
  }
  if (noted === null) return fail(name, 'its signature is not true', fix);
  const own = await readFile(join(data, 'trust', 'audit.pem')).catch(() => null);
  const [ours] = own === null ? [] : readCertificateFile(own);
  return decodeCertificates(signed.certificate)[0]?.sha256 === ours?.sha256
    ? pass(name, `entry ${noted.seq}, of ${noted.at}`)
    : fail(name, 'signed by another key than that of this WFM', fix);
}

async function syncCheck(data: string): Promise<Check> {
  const folder = await mkdtemp(join(data, '.doctor-'));
  try {
    const file = await open(join(folder, 'probe'), 'w', 0o600);
    const times: number[] = [];
    for (let i = 0; i < 7; i++) {
      const began = performance.now();
      await file.write(Buffer.alloc(4096));
      await file.sync();
      times.push(performance.now() - began);
    }
    await file.close();
    const median = times.sort((a, b) => a - b)[3] ?? 0;
    const seen = `${median.toFixed(1)} ms for a page to be safe`;
    return median > slowSync
      ? warn(
          'disk sync',
          seen,
          'Use a disk with a write cache that survives a power cut, or PostgreSQL elsewhere.',
        )
      : pass('disk sync', seen);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Examines the data folder.
 * @param o.tlsCert the server certificate's file where it is not the WFM's own
 * @param o.now milliseconds since 1970
 */
export async function fileChecks(o: { data: string; tlsCert: string | null; now: number }): Promise<Check[]> {
  const { data, now } = o;
  const checks: Check[] = [];
  const attempts: ReadonlyArray<readonly [string, () => Promise<Check | Check[]>]> = [
    ['data folder', () => folderChecks(data)],
    ['secret files', () => secretChecks(data)],
    ['root CA', () => certificateCheck('root CA', join(data, 'operator-ca.pem'), 180, now)],
    [
      'server certificate',
      () => certificateCheck('server certificate', o.tlsCert ?? join(data, 'trust', 'server.pem'), 7, now),
    ],
    ['audit checkpoint', () => checkpointCheck(data)],
    ['disk sync', () => syncCheck(data)],
  ];
  for (const [name, attempt] of attempts) {
    try {
      checks.push(...[await attempt()].flat());
    } catch (error) {
      const seen = error instanceof Error ? error.message : String(error);
      checks.push(fail(name, seen, 'Check the data folder and who owns it: --data DIR'));
      // Without the folder there is nothing to look at.
      if (name === 'data folder') return checks;
    }
  }
  return checks;
}
