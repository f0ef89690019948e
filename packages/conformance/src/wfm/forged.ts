/** Reports that are signed wrongly, each in one way: refused, and nothing of them is kept. */
import { randomUUID } from 'node:crypto';
import { type Examination, failed, type Finding, passed } from '../report.ts';
import { isDone, remove, reportOf, sendBy, taken } from './capabilities.ts';
import type { Client, Ground } from './ground.ts';
import { newIdentity } from './identity.ts';
import { refused } from './onboarding.ts';
import { sign, type SignedRequest, type Wrong } from './signed.ts';
import { tell } from './wire.ts';

const security = 'Margo: API Requirements and Security Details';
const day = 86_400;
let count = 0;

/** What is wrong, for whose path it is, and who signs. */
interface Forgery extends Wrong {
  readonly path?: (ground: Ground) => Pick<Client, 'clientId'>;
  /** Where the device would stand if it were taken; the path's client by default. */
  readonly by?: (ground: Ground) => Client;
}

/**
 * Sends a forgery about a device of its own. Where the WFM tells which devices it has not, the refused one is looked for.
 */
async function forge(
  ground: Ground,
  what: string,
  make: (ground: Ground, request: SignedRequest) => Promise<Forgery> | Forgery,
): Promise<Finding> {
  const deviceId = `${ground.mark}-forged-${++count}`;
  const draft = reportOf(ground, ground.client, deviceId);
  const { path = () => ground.client, by, ...wrong } = await make(ground, draft);
  const request = reportOf(ground, path(ground), deviceId);
  const finding = refused(await sendBy(ground, ground.client, request, what, wrong));
  const owner = by?.(ground) ?? ground.client;
  if (finding.result !== 'pass' || !ground.tellsAbsence) return finding;
  const left = await remove(ground, owner, deviceId);
  return left.status === 404 ? finding : failed(`${finding.seen}; yet the device is there: ${tell(left)}`);
}

/** A replay: what was removed must not come back by the bytes of yesterday. */
async function replayed(ground: Ground): Promise<Finding> {
  const { client } = ground;
  const deviceId = `${ground.mark}-replayed`;
  const bytes = await sign(ground, client, reportOf(ground, client, deviceId));
  const first = await ground.wire.send(bytes, 'capabilities, to be replayed');
  if (!isDone(first)) return failed(`the first: ${tell(first)}`);
  if (!ground.tellsAbsence) {
    const again = await ground.wire.send(bytes, 'the same bytes');
    return isDone(again) || refused(again).result === 'pass' ? passed(tell(again)) : failed(tell(again));
  }
  await remove(ground, client, deviceId);
  const again = await ground.wire.send(bytes, 'the same bytes after the removal');
  const left = await remove(ground, client, deviceId);
  return left.status === 404
    ? passed(`${tell(again)}; the removed device did not come back`)
    : failed(`${tell(again)}; the removed device came back`);
}

const refusal = {
  level: 'must',
  expected: '401 (400 for a digest), or another 4xx, and nothing is kept',
} as const;
const verifyAll =
  'Rebuild the signature base from the request that came, and verify it with the key on file.';
const requireAll =
  'Insist on "@method", "@target-uri" and, with a body, "content-digest" among what is covered.';
const window = 'Refuse what has no created, or one outside of a window such as 300 s back and 60 s ahead.';
const digest = 'Compare the Content-Digest with the SHA-256 of the bytes of the body that came.';
const keyOfPath = 'Verify with the key of the client that the path names, and with no other.';

const signing = `${security}; RFC 9421 section 3.2`;
const digesting = `${security}; RFC 9530 section 2`;

export const forgedChecks: readonly Examination<Ground>[] = [
  {
    ...refusal,
    id: 'signed.unsigned-refused',
    title: 'A report without a signature is refused',
    source: security,
    nextStep: verifyAll,
    look: (ground) => forge(ground, 'capabilities without a signature', () => ({ isSigned: false })),
  },
  {
    ...refusal,
    id: 'signed.digest-missing-refused',
    title: 'A report without a Content-Digest is refused',
    source: digesting,
    nextStep: requireAll,
    look: (ground) => forge(ground, 'capabilities without a digest', () => ({ digested: null })),
  },
  {
    ...refusal,
    id: 'signed.digest-wrong-refused',
    title: 'A report with the signed Content-Digest of another body is refused',
    source: digesting,
    nextStep: digest,
    look: (ground) =>
      forge(ground, 'capabilities with a changed body', (_, { body }) => ({
        // One byte of the vendor's name.
        digested: Buffer.from(
          Buffer.from(body ?? '')
            .toString()
            .replace('Muster', 'muster'),
        ),
      })),
  },
  {
    ...refusal,
    id: 'signed.path-changed-refused',
    title: 'A report that was signed for another path is refused',
    source: signing,
    nextStep: verifyAll,
    look: (ground) =>
      forge(ground, 'capabilities on another path', (_, { url }) => ({ signedUrl: `${url}-elsewhere` })),
  },
  {
    ...refusal,
    id: 'signed.query-added-refused',
    title: 'A report that was signed with a query, and came without, is refused',
    source: `${signing}; RFC 9421 section 2.2.2`,
    nextStep: verifyAll,
    look: (ground) =>
      forge(ground, 'capabilities without their query', (_, { url }) => ({ signedUrl: `${url}?signed=1` })),
  },
  {
    ...refusal,
    id: 'signed.method-changed-refused',
    title: 'A report that was signed for another method is refused',
    source: signing,
    nextStep: verifyAll,
    look: (ground) => forge(ground, 'capabilities with another method', () => ({ signedMethod: 'DELETE' })),
  },
  {
    ...refusal,
    id: 'signed.other-client-refused',
    title: "A client cannot report in another client's name",
    source: security,
    nextStep: keyOfPath,
    look: (ground) => {
      const other = (): Client => ground.other;
      return forge(ground, "capabilities on another client's path", () => ({ path: other, by: other }));
    },
  },
  {
    ...refusal,
    id: 'signed.unknown-client-refused',
    title: 'A report of a client that nobody has let in is refused',
    source: security,
    nextStep: keyOfPath,
    look: (ground) =>
      forge(ground, 'capabilities of an unknown client', () => ({
        path: () => ({ clientId: randomUUID() }),
      })),
  },
  {
    ...refusal,
    id: 'signed.other-key-refused',
    title: 'A report that an unknown key has signed is refused',
    source: security,
    nextStep: keyOfPath,
    look: (ground) =>
      forge(ground, 'capabilities by an unknown key', async () => ({
        signer: (await newIdentity(ground)).signer,
      })),
  },
  {
    ...refusal,
    id: 'signed.other-key-disguised-refused',
    title: "A report that an unknown key has signed under the client's keyid is refused",
    source: security,
    nextStep: keyOfPath,
    look: (ground) =>
      forge(ground, 'capabilities by a disguised key', async () => ({
        signer: (await newIdentity(ground)).signer,
        keyid: ground.client.signer.spkiSha256,
      })),
  },
  {
    ...refusal,
    id: 'signed.keyid-of-other-refused',
    level: 'should',
    title: 'A keyid that names another client is refused',
    source: `${security} (left open there)`,
    nextStep: 'Refuse a keyid that is the key or the clientId of another client.',
    look: (ground) =>
      forge(ground, "capabilities under another client's keyid", () => ({
        keyid: ground.other.signer.spkiSha256,
      })),
  },
  {
    ...refusal,
    id: 'signed.created-past-refused',
    title: 'A signature of yesterday is refused',
    source: `${security}; RFC 9421 section 2.3`,
    nextStep: window,
    look: (ground) => forge(ground, 'capabilities of yesterday', () => ({ createdOffset: -day })),
  },
  {
    ...refusal,
    id: 'signed.created-future-refused',
    title: 'A signature of tomorrow is refused',
    source: `${security}; RFC 9421 section 2.3`,
    nextStep: window,
    look: (ground) => forge(ground, 'capabilities of tomorrow', () => ({ createdOffset: day })),
  },
  {
    ...refusal,
    id: 'signed.created-missing-refused',
    title: 'A signature without a time is refused',
    source: `${security}; RFC 9421 section 2.3`,
    nextStep: window,
    look: (ground) => forge(ground, 'capabilities without a time', () => ({ hasCreated: false })),
  },
  ...(
    [
      ['method', '@method'],
      ['target', '@target-uri'],
      ['digest', 'content-digest'],
    ] as const
  ).map(
    ([name, left]): Examination<Ground> => ({
      ...refusal,
      id: `signed.${name}-uncovered-refused`,
      title: `A signature that does not cover "${left}" is refused`,
      source: signing,
      nextStep: requireAll,
      look: (ground) =>
        forge(ground, `capabilities with "${left}" uncovered`, () => ({
          components: ['@method', '@target-uri', '@authority', 'content-digest'].filter(
            (one) => one !== left,
          ),
        })),
    }),
  ),
  {
    id: 'signed.replay-refused',
    title: 'The same bytes again are refused, or change nothing',
    level: 'should',
    source: `${security}; RFC 9421 section 7.2.2`,
    expected: '401, or an answer that leaves everything as it was',
    nextStep: 'Remember the signature bases of writes until they are too old, and refuse each a second time.',
    look: replayed,
  },
  {
    id: 'signed.still-accepted',
    title: 'After all that, the right client is served as before',
    level: 'must',
    source: security,
    expected: '200 or 201',
    nextStep: "Forgeries in a client's name must not be held against the client.",
    look: async (ground) => {
      const request = reportOf(ground, ground.client, `${ground.mark}-1`, { memory: '4Gi' });
      return taken(await sendBy(ground, ground.client, request, 'capabilities after the forgeries'));
    },
  },
];
