/** A device client of one's own: node client.ts STATE-FOLDER JOIN-STRING */
import { DeviceError, type DeviceEvent, join, runAgent } from '@muster/device';

const [stateDirectory = './state', joinString = ''] = process.argv.slice(2);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

function tell(e: DeviceEvent): void {
  if (e.event === 'words') console.log(`Compare on both sides: ${e.words.join(' ')}`);
  if (e.event === 'onboarded') console.log(`clientId ${e.clientId}`);
  if (e.event === 'state') console.log(`${e.state} ${e.detail ?? ''}`);
}

try {
  const options = { stateDirectory, signal: stop.signal, onEvent: tell };
  await join({ ...options, trust: { joinString } });
  await runAgent({ ...options, pollSeconds: 60 });
} catch (error) {
  if (!(error instanceof DeviceError)) throw error;
  console.error(`${error.message} ${error.nextStep}`);
  process.exitCode = 1;
}
