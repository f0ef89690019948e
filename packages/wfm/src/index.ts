import type { Logger } from 'pino';
import type { WfmSettings } from './config/settings.ts';
import type { Wfm } from './main.ts';

export { type ChainEntry, ChainWalker } from './audit/chain.ts';
export type { ReceiptFile, Signed } from './audit/documents.ts';
export { loadSettings, settingsTable, type WfmSettings } from './config/settings.ts';
export type { Wfm } from './main.ts';

/** What checks files about the past; loaded when asked for. */
export const auditDocuments = (): Promise<typeof import('./audit/documents.ts')> =>
  import('./audit/documents.ts');

/** What examines a WFM; loaded when asked for. */
export const loadWfmDoctor = (): Promise<typeof import('./doctor/doctor.ts')> => import('./doctor/doctor.ts');

/**
 * Starts a WFM. The server is loaded here, so that whoever needs its settings only does not wait for it.
 * @param options settings that differ from the defaults; `log` replaces the log on stderr
 * @throws SettingsError, StartError, and errors of keys and certificates that cannot be used
 */
export async function startWfm(options: Partial<WfmSettings> & { log?: Logger }): Promise<Wfm> {
  return (await import('./main.ts')).startWfm(options);
}
export {
  answerOnDocuments,
  type DocumentsQuestion,
  explainDocument,
  type Explanation,
} from './placement/documents.ts';
export type { Check } from './placement/constraints.ts';
export type { AnswerView } from './placement/view.ts';
export type { WhatIf } from './placement/what-if.ts';
