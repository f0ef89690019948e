/** Examines a WFM: from its files when it is stopped, and by its listeners when it runs. It changes nothing. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Check, type Diagnosis, diagnosis, fail, isObject, pass, skip, warn } from '@muster/protocol';
import type { WfmSettings } from '../config/settings.ts';
import { databaseCheck } from './database.ts';
import { fileChecks } from './files.ts';
import { publicUrlChecks } from './public-url.ts';

export interface DoctorOptions {
  readonly settings: WfmSettings;
  /** Asks the operator API for a path below `/operator/v1`; throws, of `kind` `unreachable` when nobody is there. */
  readonly ask: (path: string) => Promise<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

async function auditCheck(ask: DoctorOptions['ask']): Promise<Check> {
  const fix = 'Compare with your last export (muster audit verify FILE); restore the database from a backup.';
  try {
    const answer = await ask('/audit/verify');
    return answer['ok'] === true
      ? pass('audit chain', `whole, ${String(answer['entries'])} entries`)
      : fail(
          'audit chain',
          `broken at entry ${String(answer['firstBad'])}: ${String(answer['reason'])}`,
          fix,
        );
  } catch (error) {
    return fail('audit chain', error instanceof Error ? error.message : String(error), fix);
  }
}

/** Examines a WFM; never throws for what it finds. */
export async function doctor(o: DoctorOptions): Promise<Diagnosis> {
  const { settings, ask } = o;
  const now = o.now ?? Date.now;
  const { data, database } = settings;
  const checks = await fileChecks({ data, tlsCert: settings.tlsCert, now: now() });
  const began = performance.now();
  let told: Record<string, unknown> | null = null;
  try {
    told = await ask('/join-string');
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
  const isRunning = isObject(told);
  if (isRunning)
    checks.push(pass('operator listener', `answers in ${(performance.now() - began).toFixed(0)} ms`));
  checks.push(await databaseCheck({ data, database, isRunning }));
  if (!isRunning) {
    for (const name of ['audit chain', 'public URLs']) checks.push(skip(name, 'the WFM does not answer'));
    return diagnosis(checks);
  }
  checks.push(await auditCheck(ask));
  const caFile =
    settings.tls === 'files' || settings.tls === 'off' ? settings.tlsCa : join(data, 'operator-ca.pem');
  const ca = caFile === null ? undefined : await readFile(caFile, 'utf8').catch(() => undefined);
  for (const url of texts(told?.['urls']))
    checks.push(...(await publicUrlChecks({ url, ca, pins: texts(told?.['pins']), now: now() })));
  return diagnosis(checks);
}
