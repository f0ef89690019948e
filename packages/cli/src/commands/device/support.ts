import type { ChildStatus, DeviceEvent } from '@muster/device';
import { safe, say, tick } from '../../ui.ts';

/** Aborts when somebody wants this process to end. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort());
  return controller.signal;
}

/** One line about a child of a gateway. */
export function tellChild({ deviceId, source, state, seen }: ChildStatus): void {
  const line = `${deviceId ?? source}${seen === null ? '' : `: ${safe(seen)}`}`;
  if (state === 'reported') tick(state, line);
  else say(`! ${state.padEnd(22)} ${line}`);
}

/** Tells people how it goes. */
export function tellEvent(e: DeviceEvent): void {
  switch (e.event) {
    case 'trusted':
      return tick(
        'WFM trusted',
        `${e.wfm} by ${e.how}${e.caPin === null ? '' : `, CA ${e.caPin.slice(0, 23)}…`}`,
      );
    case 'key': {
      const maker = e.token === null ? '' : `, ${safe(`${e.token.manufacturer} ${e.token.model}`)}`;
      return tick(
        e.created ? 'key made' : 'key loaded',
        `${e.keyType} (${e.protection}${maker}) in ${e.location}, sha256:${e.spkiSha256.slice(0, 16)}…`,
      );
    }
    case 'notice':
      return say(`! ${safe(e.text)}`);
    case 'words':
      return tick('pairing words', e.words.join(' '));
    case 'pending':
      return say(
        `… waits for an operator: muster clients approve ${e.fingerprint.slice(7, 23)} (asks again in ${Math.round(e.retryAfterSeconds)} s)`,
      );
    case 'onboarded':
      return tick('clientId', `${e.clientId}${e.created ? '' : ' (as before)'}`);
    case 'clock':
      return say(
        `! the clock of this device differs from the WFM's by ${e.offsetSeconds} s; signing with the WFM's time`,
      );
    case 'reported':
      return tick('capabilities sent', `${e.deviceId} as ${e.profile} (${e.status})`);
    case 'removed':
      return tick('removed', `${e.deviceId} (${e.status})`);
    case 'child-refused':
      return say(`! ${e.deviceId} was refused: ${safe(e.seen)}`);
    case 'retry':
      return say(`… ${safe(e.reason)} Trying again in ${Math.round(e.afterSeconds)} s`);
    case 'rebound':
      return tick('moved', `from ${e.from} to ${e.wfm}`);
    case 'joined':
    case 'state':
      return undefined;
  }
}
