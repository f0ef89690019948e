export type { Check, Outcome, Summary } from './report.ts';
export type { PendingClient, Trust, WfmTarget } from './wfm/ground.ts';
export { checkWfm, type WfmReport } from './wfm/run.ts';
