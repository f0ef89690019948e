/** Answers of placement as they are told. Pure. */
import type { Application } from '@muster/protocol';
import type { Placed, PlacementAnswer } from './answer.ts';
import type { Check } from './constraints.ts';
import { compile, explainAll } from './judge.ts';

export interface AnswerView {
  readonly devices: number;
  readonly fitting: number;
  readonly copies: number;
  readonly enough: boolean;
  readonly candidates: readonly {
    clientId: string;
    deviceId: string;
    vendor: string;
    modelNumber: string;
    labels: Readonly<Record<string, string>>;
    profile: string;
    waste: number;
    copies: number;
  }[];
  readonly nearestMisses: readonly { devices: number; lacks: string; constraint: string }[];
  readonly notFitting: readonly {
    clientId: string;
    deviceId: string;
    whyNot: { profile: string; unmet: Check[] }[];
  }[];
}

function candidateView(application: Application, one: Placed): AnswerView['candidates'][number] {
  const { verdict } = one;
  return {
    clientId: one.clientId,
    deviceId: one.deviceId,
    vendor: one.offer.vendor,
    modelNumber: one.offer.modelNumber,
    labels: one.labels,
    profile: application.profiles[verdict.profile]?.id ?? '',
    waste: verdict.fit?.waste ?? 0,
    copies: verdict.fit?.copies ?? 0,
  };
}

/** The answer, with the lines of every device that is listed as not fitting. */
export function answerView(application: Application, a: PlacementAnswer): AnswerView {
  const profiles = compile(application);
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
      whyNot: explainAll(profiles, one).map(({ profile, checks }) => ({
        profile,
        unmet: checks.filter((c) => !c.met),
      })),
    })),
  };
}
