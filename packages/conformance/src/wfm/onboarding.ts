/** Onboarding: who is let in, under which clientId. */
import { isClientId, isObject, routes } from '@muster/protocol';
import { type Examination, failed, type Finding, MissingGround, passed, skipped } from '../report.ts';
import type { Client, Ground, Identity } from './ground.ts';
import { newIdentity, pendingOf, renewed } from './identity.ts';
import { askIn } from './signed.ts';
import { type Answer, jsonOf, pause, pauseOf, tell } from './wire.ts';

export const onboardingSource = 'Margo: Device Client Onboarding';

const isIn = (answer: Answer): boolean => answer.status === 200 || answer.status === 201;

/** Whether somebody may still decide: the standard names no answer for it, and implementations differ. */
const isUndecided = (answer: Answer): boolean => [202, 403, 429, 503].includes(answer.status);

/** The clientId of an answer; `client_id` is what implementations of 2025 answer. */
function clientIdOf(answer: Answer): string | undefined {
  const body = jsonOf(answer);
  const id = isObject(body) ? (body['clientId'] ?? body['client_id']) : undefined;
  return typeof id === 'string' && isClientId(id) ? id : undefined;
}

type Entry = { readonly client: Client } | { readonly refused: string } | { readonly undecided: string };

/** Between two questions of one client, in seconds. */
const shortest = 1;
const longest = 10;

/** Asks for one client until somebody has decided, or the time is over. */
async function enter(ground: Ground, identity: Identity, deadline: number): Promise<Entry> {
  let told = false;
  let form = ground.certificateForm;
  for (;;) {
    const answer = await askIn(ground, identity, 'onboarding', { form });
    if (isIn(answer)) {
      const clientId = clientIdOf(answer);
      if (clientId === undefined) return { refused: `${tell(answer)}: no clientId that can stand in a URL` };
      ground.certificateForm = form;
      return { client: { ...identity, clientId, status: answer.status } };
    }
    if (answer.status === 400 && form === 'base64-pem') {
      // Deployed servers disagree on what is base64-encoded: the PEM text or the DER.
      form = 'base64-der';
      continue;
    }
    if (!isUndecided(answer)) return { refused: tell(answer) };
    const after = pauseOf(answer);
    if (!told) ground.onPending(pendingOf(ground, identity, tell(answer), after !== undefined));
    told = true;
    const seconds = Math.min(longest, Math.max(shortest, after ?? longest));
    if (Date.now() + seconds * 1000 > deadline)
      return { undecided: `nobody has let the client in within ${ground.target.waitSeconds} s` };
    await pause(seconds, ground.signal);
  }
}

async function accepts(ground: Ground): Promise<Finding> {
  const { keyType, waitSeconds } = ground.target;
  const deadline = Date.now() + waitSeconds * 1000;
  const wanted = await newIdentity(ground, keyType);
  const second = await newIdentity(ground, keyType === 'p256' ? 'p384' : 'p256');
  // Together: a person decides on both at once. The first one alone says what the WFM takes.
  const entering = [enter(ground, wanted, deadline), enter(ground, second, deadline)] as const;
  const [first, other] = await Promise.all(entering);
  if ('client' in other) ground.other = other.client;
  else ground.whyNoOther = 'refused' in other ? other.refused : other.undecided;
  ground.isOtherRefused = 'refused' in other;
  if ('client' in first) {
    ground.client = first.client;
    return passed(
      `${first.client.status} with clientId ${first.client.clientId}, for ${ground.certificateForm.replace('-', ' of ')}`,
    );
  }
  if ('refused' in first) {
    ground.whyNoClient = 'the client was not let in';
    return failed(first.refused);
  }
  ground.whyNoClient = first.undecided;
  return skipped(first.undecided);
}

const answersCreated = async ({ client }: Ground): Promise<Finding> =>
  (client.status === 201 ? passed : failed)(String(client.status));

async function otherKind(ground: Ground): Promise<Finding> {
  const { client } = ground;
  if (ground.isOtherRefused) return failed(ground.whyNoOther);
  const { other } = ground;
  return passed(`${client.signer.algorithm} and ${other.signer.algorithm}`);
}

async function uniqueId(ground: Ground): Promise<Finding> {
  const { client, other } = ground;
  if (client.clientId === other.clientId) return failed(`two keys have the clientId ${client.clientId}`);
  return passed(`${client.clientId} and ${other.clientId}`);
}

async function sameId(ground: Ground, identity: Identity, what: string): Promise<Finding> {
  const { client } = ground;
  const answer = await askIn(ground, identity, what);
  const clientId = clientIdOf(answer);
  if (!isIn(answer) || clientId === undefined) return failed(tell(answer));
  return clientId === client.clientId
    ? passed(`${answer.status} with ${clientId}`)
    : failed(`${clientId} in the place of ${client.clientId}`);
}

/** What came of a request that must be refused. A client that waits to be let in was not refused. */
export function refused(answer: Answer): Finding {
  const { status } = answer;
  const waits = status === 202 || (status === 403 && pauseOf(answer) !== undefined);
  if (waits) return failed(`${tell(answer)}: it was taken up, and waits`);
  if (status === 429) throw new MissingGround('the WFM has too many requests (429)');
  return (status >= 400 && status < 500 ? passed : failed)(tell(answer));
}

const nextSteps = {
  verify: 'Verify the signature with the key in the certificate of the body, before any decision on trust.',
  digest: 'Compare the Content-Digest with the bytes of the body that came.',
};

export const onboardingChecks: readonly Examination<Ground>[] = [
  {
    id: 'onboarding.accepted',
    title: 'A signed request gets a clientId that can stand in a URL',
    level: 'must',
    source: onboardingSource,
    expected: '201 with a clientId of 1 to 128 of A-Z a-z 0-9 . _ ~ -',
    nextStep: `Answer POST ${routes.onboarding} with 201 and {"clientId": "…"} once the client is trusted.`,
    look: accepts,
  },
  {
    id: 'onboarding.status-201',
    title: 'The answer has the status 201',
    level: 'should',
    source: onboardingSource,
    expected: '201; deployed clients take no other',
    nextStep: 'Answer 201, also to a client that was let in before.',
    look: answersCreated,
  },
  {
    id: 'onboarding.other-key-kind',
    title: 'A key of another kind is let in as well',
    level: 'must',
    source: 'Margo: API Requirements and Security Details',
    expected: '201: servers verify ecdsa-p256-sha256, ecdsa-p384-sha384 and RSA',
    nextStep: 'Take the algorithm from the key in the certificate, and verify each that the standard names.',
    look: otherKind,
  },
  {
    id: 'onboarding.unique-client',
    title: 'Two keys get two clientIds',
    level: 'must',
    source: onboardingSource,
    expected: 'a clientId for each client',
    nextStep: 'Make the clientId unique for each client.',
    look: uniqueId,
  },
  {
    id: 'onboarding.same-key-same-client',
    title: 'The same key and certificate get the same clientId again',
    level: 'should',
    source: `${onboardingSource} (left open there)`,
    expected: '201 with the clientId of before: a reply may be lost',
    nextStep: 'Bind the clientId to the public key, and answer a repeated request with it.',
    look: (ground) => sameId(ground, ground.client, 'onboarding again'),
  },
  {
    id: 'onboarding.renewed-certificate',
    title: 'The same key with a renewed certificate keeps its clientId',
    level: 'should',
    source: `${onboardingSource} (left open there)`,
    expected: '201 with the clientId of before: certificates end, and clients stay',
    nextStep: 'Bind the clientId to the public key in the place of the certificate.',
    look: async (ground) =>
      sameId(ground, await renewed(ground, ground.client), 'onboarding with a renewed certificate'),
  },
  {
    id: 'onboarding.unsigned-refused',
    title: 'An unsigned request is refused',
    level: 'must',
    source: onboardingSource,
    expected: '401, or another 4xx',
    nextStep: nextSteps.verify,
    look: async (ground) =>
      refused(
        await askIn(ground, await newIdentity(ground), 'onboarding without a signature', { isSigned: false }),
      ),
  },
  {
    id: 'onboarding.foreign-key-refused',
    title: "A request that another key than the certificate's has signed is refused",
    level: 'must',
    source: `${onboardingSource}; RFC 9421 section 3.2`,
    expected: '401, or another 4xx',
    nextStep: nextSteps.verify,
    look: async (ground) => {
      const { signer } = await newIdentity(ground);
      const stolen = await newIdentity(ground);
      const keyid = stolen.signer.spkiSha256;
      return refused(await askIn(ground, stolen, 'onboarding by another key', { signer, keyid }));
    },
  },
  {
    id: 'onboarding.changed-body-refused',
    title: 'A body that was changed after signing is refused',
    level: 'must',
    source: `${onboardingSource}; RFC 9530 section 2`,
    expected: '400 or 401, or another 4xx',
    nextStep: nextSteps.digest,
    look: async (ground) =>
      refused(
        await askIn(ground, await newIdentity(ground), 'onboarding with a changed body', {
          digested: Buffer.from('{}'),
        }),
      ),
  },
];
