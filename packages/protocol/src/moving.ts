/** Moving and leaving, between a Muster WFM and a Muster client only: what a WFM tells, and what a client confirms. */
import { type FieldProblem, ProtocolError } from './errors.ts';
import { isObject } from './json.ts';

/** The field of an answer by which a WFM sends its client to another one: `<order id> <join string>`. */
export const rebindField = 'muster-rebind';

/** A join string that is handed on in a field may have so many characters. */
export const rebindMaximum = 4_096;

/** Where a client has been sent. */
export interface RebindOrder {
  readonly orderId: string;
  readonly joinString: string;
}

const orderIdPattern = /^[0-9a-f-]{36}$/;

/** Writes the field. */
export function writeRebindOrder({ orderId, joinString }: RebindOrder): string {
  return `${orderId} ${joinString}`;
}

/** Reads the field. @returns null for anything that is none */
export function readRebindOrder(text: string | undefined): RebindOrder | null {
  if (text === undefined || text.length > rebindMaximum + 40) return null;
  const [orderId = '', joinString = '', ...rest] = text.split(' ');
  if (rest.length > 0 || !orderIdPattern.test(orderId) || !/^muster1\.[A-Za-z0-9_-]+$/.test(joinString))
    return null;
  return { orderId, joinString };
}

/** What a client confirms with a signed request of its own: that it was retired, or how far it is with an order to move. */
export type Acknowledgement =
  | { readonly about: 'retirement' }
  | {
      readonly about: 'rebind';
      readonly orderId: string;
      readonly state: 'accepted' | 'moved' | 'failed';
      /** Why it failed, in one sentence. */
      readonly reason?: string | undefined;
    };

const longestReason = 500;

/** Cuts a reason to what an acknowledgement may carry. */
export const shortReason = (text: string): string => text.slice(0, longestReason);

/**
 * Checks the shape of an acknowledgement.
 * @throws ProtocolError `invalid-request` with every problem
 */
export function parseAcknowledgement(value: unknown): Acknowledgement {
  const body = isObject(value) ? value : {};
  const { about, orderId, state, reason } = body;
  if (about === 'retirement') return { about };
  const problems: FieldProblem[] = [];
  if (about !== 'rebind') problems.push({ field: 'about', message: 'must be retirement or rebind' });
  if (typeof orderId !== 'string' || !orderIdPattern.test(orderId))
    problems.push({ field: 'orderId', message: 'must be the id of the order' });
  if (state !== 'accepted' && state !== 'moved' && state !== 'failed')
    problems.push({ field: 'state', message: 'must be accepted, moved or failed' });
  if (reason !== undefined && (typeof reason !== 'string' || reason.length > longestReason))
    problems.push({ field: 'reason', message: `must be a string of at most ${longestReason} characters` });
  if (problems.length > 0)
    throw new ProtocolError(
      'invalid-request',
      'This is no acknowledgement.',
      problems,
      'Correct the named fields.',
    );
  return { about: 'rebind', orderId, state, reason } as Acknowledgement;
}
