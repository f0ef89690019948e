/** Which devices a question is about: a selector, free text, one target, all at once. Pure but for its catalogue. */
import type { MatchExpression } from '@muster/protocol';
import { type Offer, offerProperties } from '../placement/offer.ts';
import { isTarget } from '../placement/required.ts';
import { ownOf } from '../placement/subject.ts';
import { holds, scopeOf } from '../placement/selector.ts';
import type { DeviceRecord } from '../store/ports.ts';
import { modelOf } from './stored-model.ts';
import type { Catalogue } from './catalogue.ts';

export interface Population {
  readonly selector?: readonly MatchExpression[] | undefined;
  /** Found anywhere in vendor, model, serial number, ids and labels, whatever the letter case. */
  readonly text?: string | undefined;
  /** `gw/dev` or another id: that device; `gw/*`, each one behind that gateway. */
  readonly target?: string | undefined;
  readonly clientId?: string | undefined;
}

/** Everything a device has of its own, for pointers such as `/id` and `/x-acme-extensions/line`. */
export function ownProperties(record: Pick<DeviceRecord, 'deviceId' | 'model'>): Record<string, unknown> {
  return ownOf(modelOf(record.model));
}

/** Where text is looked for in what a device offers. */
export const offerTexts = ({ vendor, modelNumber }: Offer): string[] => [
  vendor,
  modelNumber,
  `${vendor} ${modelNumber}`,
];

/** Where text is looked for in labels. */
export const labelTexts = (labels: Readonly<Record<string, string>>): string[] =>
  Object.entries(labels).flatMap(([key, value]) => [key, value, `${key}=${value}`]);

/** Whether a text is found in one of the parts, whatever the letter case; no text is found everywhere. */
export function hasText(text: string | undefined, parts: readonly string[]): boolean {
  const wanted = text?.toLowerCase() ?? '';
  return wanted === '' || parts.some((part) => part.toLowerCase().includes(wanted));
}

/** Makes the tests of a population, each judged once for what devices share. */
export function populationTests(p: Population, catalogue: Catalogue) {
  const by = (scope: 'offer' | 'labels' | 'device') => (p.selector ?? []).filter((e) => scopeOf(e) === scope);
  const [onOffer, onLabels, onDevice] = [by('offer'), by('labels'), by('device')];
  const text = p.text === '' ? undefined : p.text;
  const offers = new Map<number, boolean>();
  const textOffers = new Map<number, boolean>();
  const textLabels = new Map<number, boolean>();
  const memo = (known: Map<number, boolean>, id: number, make: () => boolean): boolean => {
    let found = known.get(id);
    if (found === undefined) known.set(id, (found = make()));
    return found;
  };
  const offerHas = (id: number): boolean =>
    memo(textOffers, id, () => {
      const offer = catalogue.offers.get(id)?.offer;
      return offer !== undefined && hasText(text, offerTexts(offer));
    });
  const labelsHave = (id: number): boolean =>
    memo(textLabels, id, () => hasText(text, labelTexts(catalogue.labelSets.get(id) ?? {})));
  return {
    /** Whether a device must be looked at on its own. */
    needsRows:
      onDevice.length > 0 || text !== undefined || p.target !== undefined || p.clientId !== undefined,
    needsRecord: onDevice.length > 0 || text !== undefined,
    /** Null where all label sets are in. */
    labelSetIds: onLabels.length === 0 ? null : catalogue.labelSetsMatching(onLabels),
    offerIn: (id: number): boolean =>
      onOffer.length === 0 ||
      memo(offers, id, () => {
        const known = catalogue.offers.get(id);
        if (known === undefined) return false;
        const properties = offerProperties(known.offer);
        return onOffer.every((e) => holds(e, properties));
      }),
    idIn: (clientId: string, deviceId: string): boolean =>
      (p.clientId === undefined || p.clientId === clientId) && isTarget(p.target, deviceId),
    recordIn: (record: DeviceRecord & { offerId: number; labelSetId: number }): boolean => {
      const own = onDevice.length > 0 ? ownProperties(record) : {};
      return (
        onDevice.every((e) => holds(e, own)) &&
        (text === undefined ||
          offerHas(record.offerId) ||
          labelsHave(record.labelSetId) ||
          hasText(text, [record.deviceId, record.clientId, modelOf(record.model).serialNumber ?? '']))
      );
    },
  };
}
