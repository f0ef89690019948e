export { type ChainEntry, ChainWalker } from './audit/chain.ts';
export {
  checkReceipt,
  checkSigned,
  type Finding,
  readCheckpoint,
  type ReceiptFile,
  type Signed,
} from './audit/documents.ts';
export {
  loadSettings,
  type Setting,
  SettingsError,
  settingsTable,
  type WfmSettings,
} from './config/settings.ts';
export { startWfm, type Wfm } from './main.ts';
