/** Answers of placement for people. */
import type { AnswerView, Check } from '@muster/wfm';
import { safe, say, table } from '../../ui.ts';

/** Prints an answer. */
export function tellPlacement(a: AnswerView, title: string): void {
  say(
    `${title}: ${a.fitting} of ${a.devices} devices fit, ${a.copies} copies${a.enough ? '' : ' (not enough)'}.`,
  );
  if (a.candidates.length > 0)
    table(
      ['DEVICE', 'MODEL', 'PROFILE', 'COPIES', 'WASTE', 'CLIENT'],
      a.candidates.map((c) => [
        c.deviceId,
        `${c.vendor} ${c.modelNumber}`,
        c.profile,
        String(c.copies),
        String(c.waste),
        c.clientId,
      ]),
    );
  for (const miss of a.nearestMisses)
    say(`${miss.devices} ${miss.devices === 1 ? 'device lacks' : 'devices lack'} only ${safe(miss.lacks)}.`);
  for (const one of a.notFitting) {
    say(safe(`${one.deviceId}${one.clientId === '' ? '' : ` (${one.clientId})`} cannot:`));
    for (const { profile, unmet } of one.whyNot)
      for (const c of unmet)
        say(safe(`  ${profile}: ${c.constraint}: needed ${c.needed}, offered ${c.offered}`));
  }
}

/** Prints every constraint of one device, met or not. */
export function tellWhy(profiles: readonly { profile: string; checks: readonly Check[] }[]): void {
  table(
    ['PROFILE', 'CONSTRAINT', 'NEEDED', 'OFFERED', 'MET'],
    profiles.flatMap(({ profile, checks }) =>
      checks.map((k) => [profile, k.constraint, k.needed, k.offered, k.met ? 'yes' : 'NO']),
    ),
  );
}
