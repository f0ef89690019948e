/** Examines a WFM: from its files when it is stopped, and by its listeners when it runs. It changes nothing. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Diagnosis, diagnosis, fail, pass, skip, warn } from '@muster/protocol';
import type { WfmSettings } from '../config/settings.ts';
import { databaseChecks } from './database.ts';
import { fileChecks } from './files.ts';
import { publicUrlChecks } from './public-url.ts';
import { type Ask, auditCheck, revocationChecks } from './running.ts';
import { signedEchoCheck } from './signed-echo.ts';

export interface DoctorOptions {
  readonly settings: WfmSettings;
  readonly ask: Ask;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}

/** Examines a WFM; never throws for what it finds. */
export async function doctor(o: DoctorOptions): Promise<Diagnosis> {
  const { settings, ask } = o;
  const now = o.now ?? Date.now;
  const { data, database } = settings;
  const checks = await fileChecks({ data, tlsCert: settings.tlsCert, now: now() });
  const began = performance.now();
  let told: Awaited<ReturnType<Ask['joinString']>> | null = null;
  try {
    told = await ask.joinString();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    // Nobody there is a WFM that was stopped; what else goes wrong is not.
    const isStopped = error instanceof Error && 'kind' in error && error.kind === 'unreachable';
    checks.push(
      isStopped
        ? warn('operator listener', why, 'Start the WFM: muster wfm start')
        : fail('operator listener', why, 'Name its data folder: --data DIR'),
    );
  }
  const isRunning = told !== null;
  if (isRunning)
    checks.push(pass('operator listener', `answers in ${(performance.now() - began).toFixed(0)} ms`));
  checks.push(...(await databaseChecks({ data, database, isRunning })));
  if (told === null) {
    for (const name of ['audit chain', 'revocation lists', 'public URLs', 'signed echo'])
      checks.push(skip(name, 'the WFM does not answer'));
    return diagnosis(checks);
  }
  checks.push(await auditCheck(ask), ...(await revocationChecks(ask, now())));
  const caFile =
    settings.tls === 'files' || settings.tls === 'off' ? settings.tlsCa : join(data, 'operator-ca.pem');
  const ca = caFile === null ? undefined : await readFile(caFile, 'utf8').catch(() => undefined);
  for (const url of told.urls) {
    const met = await publicUrlChecks({ url, ca, pins: told.pins, now: now() });
    checks.push(...met);
    checks.push(
      met[0]?.result === 'fail'
        ? skip(`signed echo ${url}`, 'the URL cannot be reached')
        : await signedEchoCheck({ url, ca, now: now() }),
    );
  }
  return diagnosis(checks);
}
