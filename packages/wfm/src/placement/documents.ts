/** Placement over capability documents that are at hand, without a store: one device after the other. Pure. */
import type { Application, Capabilities, MatchExpression } from '@muster/protocol';
import { hasText, labelTexts, offerTexts } from '../fleet/population.ts';
import type { Placed, PlacementAnswer, PlacementQuestion } from './answer.ts';
import { expressionConstraint, isMet } from './constraints.ts';
import { hypotheticalClient, placeHypothetical } from './hypothetical.ts';
import { compile, explainAll } from './judge.ts';
import { spread } from './ranking.ts';
import { checkedTarget, isTarget } from './required.ts';
import { parseSelector } from './selector-text.ts';
import { Best, Tally } from './tally.ts';
import { type AnswerView, answerView } from './view.ts';
import { supposed, type WhatIf } from './what-if.ts';

const devicesOf = (application: Application, documents: readonly Capabilities[]): Placed[] => {
  const profiles = compile(application);
  return documents.map((capabilities) => placeHypothetical({ capabilities, labels: {} }, profiles, ''));
};

function isMeant(
  one: Placed,
  {
    target,
    text,
    selector = [],
  }: {
    target?: string | undefined;
    text?: string | undefined;
    selector?: readonly MatchExpression[] | undefined;
  },
): boolean {
  return (
    isTarget(target, one.deviceId) &&
    selector.every((e) => isMet(expressionConstraint(e), one)) &&
    hasText(text, [
      ...offerTexts(one.offer),
      ...labelTexts(one.labels),
      one.deviceId,
      String(one.own['serialNumber'] ?? ''),
    ])
  );
}

/** Judges documents as the WFM would judge the devices that report them. */
function placeOnDocuments(q: PlacementQuestion, documents: readonly Capabilities[]): PlacementAnswer {
  const tally = new Tally();
  const best = new Best(documents.length);
  const nearest = new Best(q.missLimit);
  const profiles = compile(q.application);
  const added = (q.hypothetical ?? []).map((one) => placeHypothetical(one, profiles, hypotheticalClient));
  const meant = devicesOf(q.application, documents).filter((one) => isMeant(one, q));
  for (const one of [...meant, ...added]) {
    tally.add(one.verdict, one, 1);
    (one.verdict.fit === null ? nearest : best).add(one);
  }
  return {
    devices: tally.devices,
    fitting: tally.fitting,
    copies: tally.copies,
    enough: tally.copies >= q.count,
    candidates: spread(best.items(), q.spread).slice(0, q.limit),
    notFitting: nearest.items(),
    nearestMisses: tally.nearest(),
  };
}

/** A question as people ask it; what is missing is as for the operator API. */
export interface DocumentsQuestion {
  readonly selector?: string;
  readonly text?: string;
  readonly target?: string;
  readonly spread?: string;
  readonly count: number;
  readonly limit: number;
  readonly notFitting: number;
  readonly whatIf?: WhatIf;
}

/** The answer to a question about documents, and to what if. @throws ProtocolError when the selector, the target or what if is wrong */
export function answerOnDocuments(
  application: Application,
  asked: DocumentsQuestion,
  documents: readonly Capabilities[],
): AnswerView & { whatIf?: AnswerView } {
  const { text, spread: by, count, limit, notFitting, whatIf } = asked;
  const question: PlacementQuestion = {
    application,
    selector: parseSelector(asked.selector ?? ''),
    text,
    target: checkedTarget(asked.target) ?? application.target,
    spread: by,
    count,
    limit,
    missLimit: notFitting,
  };
  const view = (q: PlacementQuestion): AnswerView =>
    answerView(q.application, placeOnDocuments(q, documents));
  return {
    ...view(question),
    ...(whatIf === undefined ? {} : { whatIf: view(supposed(question, whatIf)) }),
  };
}

export interface Explanation {
  readonly fits: boolean;
  readonly profiles: ReturnType<typeof explainAll>;
}

/** Constraint by constraint, needed against offered, for one document; null where there is none of this device. */
export function explainDocument(
  application: Application,
  documents: readonly Capabilities[],
  deviceId: string,
): Explanation | null {
  const one = devicesOf(application, documents).find((d) => d.deviceId === deviceId);
  if (one === undefined) return null;
  const profiles = explainAll(compile(application), one);
  return { fits: profiles.some((p) => p.fits), profiles };
}
