/** Devices that are at hand as documents: not bought yet, or all there is. Pure. */
import { deviceLabels, effectiveLabels } from '../fleet/labels.ts';
import type { Hypothetical, Placed } from './answer.ts';
import { type CompiledProfile, judge } from './judge.ts';
import { offerDigest } from './offer.ts';
import { subjectOf } from './subject.ts';

/** The name of the client of devices that are not there yet. */
export const hypotheticalClient = '(not yet bought)';

/** Judges one. @param clientId what it is listed under */
export function placeHypothetical(
  { capabilities, labels }: Hypothetical,
  profiles: readonly CompiledProfile[],
  clientId: string,
): Placed {
  const { deviceId } = capabilities;
  const set = (source: 'device' | 'operator', given: Readonly<Record<string, string>>) =>
    Object.entries(given).map(([key, value]) => ({ deviceId, key, value, source }));
  const subject = subjectOf(
    capabilities,
    effectiveLabels([...set('device', deviceLabels(capabilities)), ...set('operator', labels)]),
  );
  return {
    clientId,
    deviceId,
    offerDigest: offerDigest(JSON.stringify(subject.offer)),
    verdict: judge(profiles, subject),
    ...subject,
  };
}
