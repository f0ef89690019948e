export type { Outcome, Summary } from './report.ts';
export type { PendingClient, Trust, WfmTarget } from './wfm/ground.ts';
export { checkWfm } from './wfm/run.ts';
export { checkClient, type Ready } from './device/client.ts';
export { type SceneName, sceneNames } from './device/scenes.ts';
export type { Waiting } from './device/patience.ts';
