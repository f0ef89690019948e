/** Why requests and clients are as they are, in sentences: the most telling one first. */
import type { Client, Enrollment } from '../api/types.ts';

const sentences = (...lines: ReadonlyArray<string | null | false>): string[] =>
  lines.filter((line): line is string => typeof line === 'string' && line !== '');

/** Why a request waits, or who has decided it and how. */
export function whyOfEnrollment(e: Enrollment): string[] {
  if (e.state === 'pending') {
    const lacking = e.approvalsNeeded - e.approvals.length;
    return sentences(
      e.holdReason ??
        'No rule, pre-authorisation or ticket lets this certificate in, so an operator decides.',
      e.rule !== null && `Rule: ${e.rule}`,
      e.approvalsNeeded > 1 &&
        `It needs ${e.approvalsNeeded} approvals by different people; ${lacking} to come${e.approvals.length > 0 ? `, after ${e.approvals.join(', ')}` : ''}.`,
      e.looksLike !== null && `It looks like the client ${e.looksLike}, which has another key.`,
      ...e.warnings,
    );
  }
  return sentences(
    e.reason ?? (e.state === 'approved' ? 'It was let in.' : 'No reason was given.'),
    e.rule !== null && `Rule: ${e.rule}`,
    e.decidedBy !== null && `Decided by ${e.decidedBy}${e.decidedAt === null ? '' : `, ${e.decidedAt}`}`,
    ...e.warnings,
  );
}

/** Why a client is in its state. */
export function whyOfClient(c: Client): string[] {
  return sentences(
    c.state === 'blocked' && (c.blockedReason ?? 'Blocked without a reason.'),
    c.state === 'retired' && (c.retiredReason ?? 'Retired without a reason.'),
    c.state === 'retired' &&
      (c.acknowledgedAt === null
        ? 'The device has not confirmed it yet.'
        : `The device has confirmed it, ${c.acknowledgedAt}.`),
    `Let in by ${c.decidedBy}, under the rule: ${c.rule}`,
    c.authority !== null && `It came in by the device authority ${c.authority}.`,
    c.rebind !== null && `Order to move to ${c.rebind.to}: ${c.rebind.state}.`,
    ...c.warnings,
  );
}
