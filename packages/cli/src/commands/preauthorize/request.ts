/** Request files of devices: shown, pre-authorised, and answered with a file to carry back. */
import { open } from 'node:fs/promises';
import { answerOf, type TypedApi } from '../../api/typed.ts';
import type { Common } from '../../command.ts';
import { daysOf } from '../../numbers.ts';
import { UsageError } from '../../exit-codes.ts';
import { json, safe, say, tick } from '../../ui.ts';
import { type Offer, offerWords } from '../devices/words.ts';

export interface RequestFlags extends Common {
  readonly dryRun?: boolean;
  readonly answer?: string;
  readonly days?: string;
}

const maximumBytes = 1_048_576;

/** The text of a device's request, whatever its version; undefined for any other file. */
export async function requestFile(file: string): Promise<string | undefined> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const bytes = Buffer.alloc(maximumBytes + 1);
    // What cannot be read is no request, and is told by who reads it as something else.
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0).catch(() => ({ bytesRead: 0 }));
    const text = bytes.toString('utf8', 0, bytesRead);
    if (!text.slice(0, 200).includes('"muster-device-request-')) return undefined;
    if (bytesRead > maximumBytes)
      throw new UsageError(`The request ${file} is larger than 1 MiB.`, 'Make it again on the device.');
    return text;
  } finally {
    await handle.close();
  }
}

const done = {
  added: 'pre-authorised',
  existing: 'known already',
  onboarded: 'onboarded already',
  'would-add': 'dry run',
} as const;

/** Pre-authorises what a request asks for. @throws OperatorError */
export async function preauthorizeRequest(api: TypedApi, request: string, o: RequestFlags): Promise<void> {
  const days = daysOf(o.days);
  const { answer, ...result } = await answerOf(
    api.POST('/operator/v1/preauthorizations/requests', {
      body: { request, dryRun: o.dryRun === true, ...(days === undefined ? {} : { days }) },
    }),
  );
  if (o.answer !== undefined && answer !== null) {
    const { writeFileAtomic } = await import('@muster/pki');
    await writeFileAtomic(o.answer, `${JSON.stringify(answer, null, 2)}\n`, 0o644);
  }
  const written = o.answer !== undefined && answer !== null ? o.answer : null;
  if (o.json === true) {
    json({ ...result, answer: written });
    return;
  }
  const { status, deviceId, clientId, keyFingerprint, subject, words, warnings, capabilities } = result;
  tick(done[status], `${safe(deviceId)}, ${safe(subject)}`);
  tick('key', keyFingerprint);
  tick('words of the key', words.join(' '));
  if (capabilities !== null) tick('says it offers', safe(offerWords(capabilities as unknown as Offer)));
  if (clientId !== null) tick('clientId', clientId);
  for (const warning of warnings) say(`! ${safe(warning)}`);
  say('Compare the words with those that the device has shown; other words mean another device.');
  if (status === 'would-add') say('Nothing was added. If they are the same, run it again without --dry-run.');
  if (status === 'added') say(`To take it back: DELETE /operator/v1/preauthorizations/${keyFingerprint}`);
  if (written !== null) say(`Carry ${written} to the device: muster device join ${written}`);
}
