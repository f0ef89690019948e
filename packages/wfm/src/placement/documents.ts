/** Placement over capability documents that are at hand, without a store: one device after the other. Pure. */
import { type Application, type Capabilities, parseCapabilities } from '@muster/protocol';
import { deviceLabels, effectiveLabels } from '../fleet/labels.ts';
import { compile, explainAll, judge } from './judge.ts';
import { nothingTaken, offerDigest, offerOf } from './offer.ts';
import { compareRanked } from './ranking.ts';

/** Judges a folder of documents; candidates best first, the others nearest first. */
export function placeOnDocuments(application: Application, documents: readonly unknown[]) {
  const profiles = compile(application);
  const devices = documents.map((document) => {
    const { capabilities: c }: { capabilities: Capabilities } = parseCapabilities(document, {
      route: 'device',
    });
    const own = Object.entries(deviceLabels(c)).map(
      ([key, value]) => ({ deviceId: c.deviceId, key, value, source: 'device' }) as const,
    );
    const offer = offerOf(c);
    const subject = {
      offer,
      taken: nothingTaken,
      labels: effectiveLabels(own),
      own: { id: c.deviceId, serialNumber: c.serialNumber, ...c.extensions },
      clientState: 'active',
    };
    return {
      clientId: '',
      deviceId: c.deviceId,
      offerDigest: offerDigest(JSON.stringify(offer)),
      verdict: judge(profiles, subject),
      subject,
    };
  });
  devices.sort(compareRanked);
  const fitting = devices.filter((d) => d.verdict.fit !== null);
  return {
    devices: devices.length,
    fitting: fitting.length,
    copies: fitting.reduce((sum, d) => sum + (d.verdict.fit?.copies ?? 0), 0),
    candidates: fitting.map((d) => ({
      clientId: d.clientId,
      deviceId: d.deviceId,
      vendor: d.subject.offer.vendor,
      modelNumber: d.subject.offer.modelNumber,
      profile: profiles[d.verdict.profile]?.id ?? '',
      waste: d.verdict.fit?.waste ?? 0,
      copies: d.verdict.fit?.copies ?? 0,
    })),
    notFitting: devices
      .filter((d) => d.verdict.fit === null)
      .map((d) => ({
        clientId: d.clientId,
        deviceId: d.deviceId,
        whyNot: explainAll(profiles, d.subject).map(({ profile, checks }) => ({
          profile,
          unmet: checks.filter((c) => !c.met),
        })),
      })),
  };
}
