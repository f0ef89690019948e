/** Reports that are signed wrongly, each in one way: refused, and nothing of them is kept. */
import { randomUUID } from 'node:crypto';
import { type Examination, failed, type Finding, MissingGround, passed } from '../report.ts';
import { isDone, remove, reportOf, sendBy, taken } from './capabilities.ts';
import type { Client, Ground } from './ground.ts';
import { newIdentity } from './identity.ts';
import { refused } from './onboarding.ts';
import { covered, sign, type SignedRequest, type Wrong } from './signed.ts';
import { tell } from './wire.ts';

const security = 'Margo: API Requirements and Security Details';
const day = 86_400;
/** What is wrong, for whose path it is, and where the device would stand if it were taken. */
interface Wrongly extends Wrong {
  readonly path?: Pick<Client, 'clientId'>;
  readonly owner?: Client;
}

interface Forgery {
  readonly name: string;
  readonly title: string;
  readonly level?: 'should';
  readonly source: string;
  readonly nextStep: string;
  /** @param request as it would be right */
  readonly make: (ground: Ground, request: SignedRequest) => Wrongly | Promise<Wrongly>;
}

/** Sends a forgery about a device of its own. Where the WFM tells which devices it has not, this one is looked for. */
async function forge(ground: Ground, { name, make }: Forgery): Promise<Finding> {
  const { client, tellsAbsence } = ground;
  const deviceId = `${ground.mark}-${name}`;
  const { path = client, owner = client, ...wrong } = await make(ground, reportOf(ground, client, deviceId));
  const request = reportOf(ground, path, deviceId);
  const finding = refused(await sendBy(ground, client, request, `forged capabilities: ${name}`, wrong));
  if (!tellsAbsence) return finding;
  const left = await remove(ground, owner, deviceId);
  if (finding.result !== 'pass' || left.status === 404) return finding;
  return failed(`${finding.seen}; yet the device is there: ${tell(left)}`);
}

/** A replay: what was removed must not come back by the bytes of before. */
async function replayed(ground: Ground): Promise<Finding> {
  const { client } = ground;
  const deviceId = `${ground.mark}-replayed`;
  const bytes = await sign(ground, client, reportOf(ground, client, deviceId));
  const first = await ground.wire.send(bytes, 'capabilities, to be replayed');
  if (!isDone(first)) throw new MissingGround(`the first report was not taken: ${tell(first)}`);
  if (!ground.tellsAbsence) {
    const again = await ground.wire.send(bytes, 'the same bytes');
    return isDone(again) ? passed(tell(again)) : refused(again);
  }
  const removed = await remove(ground, client, deviceId);
  if (removed.status !== 204) throw new MissingGround(`the device was not removed: ${tell(removed)}`);
  const again = await ground.wire.send(bytes, 'the same bytes after the removal');
  const left = await remove(ground, client, deviceId);
  return left.status === 404
    ? passed(`${tell(again)}; the removed device did not come back`)
    : failed(`${tell(again)}; the removed device came back`);
}

const verifyAll =
  'Rebuild the signature base from the request that came, and verify it with the key on file.';
const requireAll =
  'Insist on "@method", "@target-uri" and, with a body, "content-digest" among what is covered.';
const window = 'Refuse what has no created, or one outside of a window such as 300 s back and 60 s ahead.';
const digest = 'Compare the Content-Digest with the SHA-256 of the bytes of the body that came.';
const keyOfPath = 'Verify with the key of the client that the path names, and with no other.';

const signing = `${security}; RFC 9421 section 3.2`;
const created = `${security}; RFC 9421 section 2.3`;
const digesting = `${security}; RFC 9530 section 2`;

/** A body that differs by one letter. */
const otherThan = (body: Uint8Array | undefined): Uint8Array =>
  Buffer.from(
    Buffer.from(body ?? '')
      .toString()
      .replace('Muster', 'muster'),
  );

const coveredBut = (left: string): string[] => covered.filter((one) => one !== left);

const forgeries: readonly Forgery[] = [
  {
    name: 'unsigned',
    title: 'A report without a signature is refused',
    source: security,
    nextStep: verifyAll,
    make: () => ({ isSigned: false }),
  },
  {
    name: 'digest-missing',
    title: 'A report without a Content-Digest is refused',
    source: digesting,
    nextStep: requireAll,
    make: () => ({ digested: null }),
  },
  {
    name: 'body-changed',
    title: 'A report whose body was changed after signing is refused',
    source: digesting,
    nextStep: digest,
    make: (_, { body }) => ({ digested: otherThan(body) }),
  },
  {
    name: 'digest-changed',
    title: 'A report whose Content-Digest was changed after signing is refused',
    source: signing,
    nextStep: verifyAll,
    make: (_, { body }) => ({ digested: otherThan(body), digestSent: body }),
  },
  {
    name: 'path-changed',
    title: 'A report that was signed for another path is refused',
    source: signing,
    nextStep: verifyAll,
    make: (_, { url }) => ({ signedUrl: `${url}-elsewhere` }),
  },
  {
    name: 'query-dropped',
    title: 'A report that was signed with a query, and came without, is refused',
    source: `${signing}; RFC 9421 section 2.2.2`,
    nextStep: verifyAll,
    make: (_, { url }) => ({ signedUrl: `${url}?signed=1` }),
  },
  {
    name: 'method-changed',
    title: 'A report that was signed for another method is refused',
    source: signing,
    nextStep: verifyAll,
    make: () => ({ signedMethod: 'DELETE' }),
  },
  {
    name: 'other-client',
    title: "A client cannot report in another client's name",
    source: security,
    nextStep: keyOfPath,
    make: ({ client, other }) => {
      if (client.clientId === other.clientId) throw new MissingGround('both clients have one clientId');
      return { path: other, owner: other };
    },
  },
  {
    name: 'unknown-client',
    title: 'A report of a client that nobody has let in is refused',
    source: security,
    nextStep: keyOfPath,
    make: () => ({ path: { clientId: randomUUID() } }),
  },
  {
    name: 'unknown-key',
    title: 'A report that an unknown key has signed is refused',
    source: security,
    nextStep: keyOfPath,
    make: async (ground) => ({ signer: (await newIdentity(ground)).signer }),
  },
  {
    name: 'disguised-key',
    title: "A report that an unknown key has signed under the client's keyid is refused",
    source: security,
    nextStep: keyOfPath,
    make: async (ground) => ({
      signer: (await newIdentity(ground)).signer,
      keyid: ground.client.signer.spkiSha256,
    }),
  },
  {
    name: 'foreign-keyid',
    level: 'should',
    title: 'A keyid that names another client is refused',
    source: `${security} (left open there)`,
    nextStep: 'Refuse a keyid that is the key or the clientId of another client.',
    make: ({ other }) => ({ keyid: other.signer.spkiSha256 }),
  },
  {
    name: 'created-past',
    title: 'A signature of yesterday is refused',
    source: created,
    nextStep: window,
    make: () => ({ createdOffset: -day }),
  },
  {
    name: 'created-future',
    title: 'A signature of tomorrow is refused',
    source: created,
    nextStep: window,
    make: () => ({ createdOffset: day }),
  },
  {
    name: 'created-missing',
    title: 'A signature without a time is refused',
    source: created,
    nextStep: window,
    make: () => ({ hasCreated: false }),
  },
  {
    name: 'method-uncovered',
    title: 'A signature that does not cover "@method" is refused',
    source: signing,
    nextStep: requireAll,
    make: () => ({ components: coveredBut('@method') }),
  },
  {
    name: 'target-uncovered',
    title: 'A signature that does not cover "@target-uri" is refused',
    source: signing,
    nextStep: requireAll,
    make: () => ({ components: coveredBut('@target-uri') }),
  },
  {
    name: 'digest-uncovered',
    title: 'A signature that does not cover "content-digest" is refused',
    source: signing,
    nextStep: requireAll,
    make: () => ({ components: coveredBut('content-digest') }),
  },
];

export const forgedChecks: readonly Examination<Ground>[] = [
  ...forgeries.map(
    (forgery): Examination<Ground> => ({
      id: `signed.${forgery.name}-refused`,
      title: forgery.title,
      level: forgery.level ?? 'must',
      source: forgery.source,
      expected: '401 (400 for a digest), or another 4xx, and nothing is kept',
      nextStep: forgery.nextStep,
      look: (ground) => forge(ground, forgery),
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
    level: 'should',
    source: `${security} (left open there)`,
    expected: '200 or 201',
    nextStep:
      "Do not hold forgeries in a client's name against it. Since when was it refused? What was refused after that says nothing of the signature.",
    look: async (ground) => {
      const request = reportOf(ground, ground.client, `${ground.mark}-1`, { memory: '4Gi' });
      return taken(await sendBy(ground, ground.client, request, 'capabilities after the forgeries'));
    },
  },
];
