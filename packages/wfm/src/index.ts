export {
  loadSettings,
  type Setting,
  SettingsError,
  settingsTable,
  type WfmSettings,
} from './config/settings.ts';
export { startWfm, type Wfm } from './main.ts';
