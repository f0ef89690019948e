/** Answers of placement for people. */
import type { AnswerView, Check } from '@muster/wfm';
import { safe, say, table } from '../../ui.ts';

function missText({ devices, constraint, lacks }: AnswerView['nearestMisses'][number]): string {
  const [who, lack, fail] =
    devices === 1 ? ['1 device', 'lacks', 'fails'] : [`${devices} devices`, 'lack', 'fail'];
  return constraint === 'property' || constraint === 'label'
    ? `${who} ${fail} only the rule ${lacks}.`
    : `${who} ${lack} only ${lacks}.`;
}

/** Prints an answer. @param spread the label that it is spread over, which is then shown */
export function tellPlacement(a: AnswerView, title: string, spread?: string): void {
  const copies = a.copies === 1 ? '1 copy' : `${a.copies} copies`;
  say(`${title}: ${a.fitting} of ${a.devices} devices fit, ${copies}${a.enough ? '' : ' (not enough)'}.`);
  if (a.devices === 0)
    say(
      'No device is meant: none has reported yet, or none has this target, client, selector and text. List them: muster devices list',
    );
  if (a.candidates.length > 0)
    table(
      ['DEVICE', 'MODEL', 'PROFILE', 'COPIES', 'WASTE', ...(spread === undefined ? [] : [spread]), 'CLIENT'],
      a.candidates.map((c) => [
        c.deviceId,
        `${c.vendor} ${c.modelNumber}`,
        c.profile,
        String(c.copies),
        String(c.waste),
        ...(spread === undefined ? [] : [c.labels[spread] ?? '']),
        c.clientId,
      ]),
    );
  for (const miss of a.nearestMisses) say(safe(missText(miss)));
  for (const one of a.notFitting) {
    const of = one.clientId === '' ? '' : ` (${one.clientId.replace(/^\((.*)\)$/, '$1')})`;
    // Where nothing is hosted every other line would say the same.
    if (one.whyNot.every(({ unmet }) => unmet.some((c) => c.constraint === 'hosting'))) {
      say(safe(`${one.deviceId}${of} cannot: it takes no workloads.`));
      continue;
    }
    say(safe(`${one.deviceId}${of} cannot:`));
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
