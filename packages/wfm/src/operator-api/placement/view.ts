/** Answers of placement as operators see them. */
import type { Application } from '@muster/protocol';
import type { Placed, PlacementAnswer } from '../../placement/answer.ts';
import type { Placement } from '../../placement/query.ts';

function candidateView(application: Application, one: Placed): object {
  const { verdict } = one;
  return {
    clientId: one.clientId,
    deviceId: one.deviceId,
    vendor: one.offer.vendor,
    modelNumber: one.offer.modelNumber,
    labels: one.labels,
    profile: application.profiles[verdict.profile]?.id,
    waste: verdict.fit?.waste,
    copies: verdict.fit?.copies,
  };
}

/** The answer, with the lines of every device that is listed as not fitting. */
export function answerView(placement: Placement, application: Application, a: PlacementAnswer): object {
  return {
    devices: a.devices,
    fitting: a.fitting,
    copies: a.copies,
    enough: a.enough,
    candidates: a.candidates.map((one) => candidateView(application, one)),
    nearestMisses: a.nearestMisses.map(({ devices, lacks, constraint }) => ({ devices, lacks, constraint })),
    notFitting: a.notFitting.map((one) => ({
      clientId: one.clientId,
      deviceId: one.deviceId,
      whyNot: placement.explainPlaced(application, one).map(({ profile, checks }) => ({
        profile,
        unmet: checks.filter((c) => !c.met),
      })),
    })),
  };
}
