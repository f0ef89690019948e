/**
 * The continuity proof: what a WFM hands out with a clientId and sees again with later requests.
 *
 * It names the clientId, the key and a number that grows, under a key of the WFM that is not in the database. So it
 * shows three things that signatures cannot: that a key lives in two places (an old number comes back), that the WFM
 * was restored from a backup (a number comes that it has not given out yet, or an identity it does not know), and which
 * clientId such a forgotten client had. Clients that do not know it lose nothing.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

interface Proof {
  readonly clientId: string;
  readonly number: number;
}

/** The field in which the WFM answers with the next proof, and the client sends the last. */
export const continuityField = 'muster-continuity';

function mac(key: Uint8Array, clientId: string, spkiSha256: string, number: number): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([clientId, spkiSha256, number]))
    .digest();
}

/** Writes a proof: `<clientId>.<number>.<base64url of the MAC>`; clientIds here have no dot. */
export function writeProof(key: Uint8Array, spkiSha256: string, { clientId, number }: Proof): string {
  return `${clientId}.${number}.${mac(key, clientId, spkiSha256, number).toString('base64url')}`;
}

/** Reads a proof. @returns null when this WFM has not made it for this key */
export function readProof(key: Uint8Array, spkiSha256: string, text: string | undefined): Proof | null {
  const match = /^([0-9a-f-]{36})\.([0-9]{1,15})\.([A-Za-z0-9_-]{43})$/.exec(text ?? '');
  if (match === null) return null;
  const [, clientId = '', digits = '', tag = ''] = match;
  const number = Number(digits);
  const expected = mac(key, clientId, spkiSha256, number);
  const given = Buffer.from(tag, 'base64url');
  return given.length === expected.length && timingSafeEqual(given, expected) ? { clientId, number } : null;
}

/** How far the history of a client has gone: the number given out last, and the last one that was seen again. */
export interface History {
  readonly latest: number;
  readonly confirmed: number;
}

type Continuity =
  | { readonly verdict: 'goes-on' | 'wfm-was-restored'; readonly history: History }
  | { readonly verdict: 'two-histories' };

/**
 * Takes the history on by one request.
 *
 * One client alone brings the latest number, or the last confirmed one again when an answer was lost; then it gets a
 * number that nobody else has. So a number in between, or an older one, was given to somebody else.
 * @param brought the number of a proof that this WFM has made
 * @param isDue whether it is time for a new number; they change seldom, because each costs a write
 */
export function continueHistory(on: History, brought: number, isDue: boolean): Continuity {
  const { latest, confirmed } = on;
  if (brought > latest)
    return { verdict: 'wfm-was-restored', history: { latest: brought, confirmed: brought } };
  if (brought === latest)
    return { verdict: 'goes-on', history: { latest: isDue ? latest + 1 : latest, confirmed: latest } };
  if (brought === confirmed) return { verdict: 'goes-on', history: { latest: latest + 1, confirmed } };
  return { verdict: 'two-histories' };
}
