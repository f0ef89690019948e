/** Onboarding requests that are none, by a key that signs them well. */
import { onboardingRequest, routes } from '@muster/protocol';
import { type Examination, type Finding, passed } from '../report.ts';
import type { Ground } from './ground.ts';
import { newIdentity } from './identity.ts';
import { onboardingSource, refused } from './onboarding.ts';
import { sign } from './signed.ts';
import { NoAnswer } from './wire.ts';

const huge = 4_194_304;

async function send(ground: Ground, body: Uint8Array, what: string): Promise<Finding> {
  const url = ground.reached.url + routes.onboarding;
  const identity = await newIdentity(ground);
  return refused(await ground.wire.send(await sign(ground, identity, { url, method: 'POST', body }), what));
}

/** A document whose certificate is something else. */
const withCertificate = (text: string): Uint8Array =>
  Buffer.from(JSON.stringify(onboardingRequest(Buffer.from(text).toString('base64'))));

/** A server may end a connection over which more comes than it reads (RFC 9112 section 9.6). */
async function sendHuge(ground: Ground): Promise<Finding> {
  try {
    return await send(ground, withCertificate('x'.repeat(huge)), 'onboarding with a huge body');
  } catch (error) {
    if (!(error instanceof NoAnswer) || !/^(?:ECONNRESET|EPIPE|socket hang up)$/.test(error.code))
      throw error;
    return passed(`the connection was ended (${error.code})`);
  }
}

const unusable = {
  source: `${onboardingSource}; RFC 9110 section 15.5`,
  expected: '400, or another 4xx',
  nextStep:
    'Answer 400 with {"error": "Invalid certificate"} to what cannot be read; nothing that a client sends is a 5xx.',
} as const;

export const malformedChecks: readonly Examination<Ground>[] = [
  {
    id: 'onboarding.wrong-certificate-refused',
    title: 'A certificate that is none is refused',
    level: 'must',
    ...unusable,
    look: (ground) => send(ground, withCertificate('no certificate'), 'onboarding with no certificate'),
  },
  {
    id: 'onboarding.damaged-certificate-refused',
    title: 'A certificate that was cut short is refused',
    level: 'must',
    ...unusable,
    look: async (ground) => {
      const { pem } = (await newIdentity(ground)).certificate;
      const lines = pem.split('\n');
      const cut = [...lines.slice(0, 3), ...lines.slice(-2)].join('\n');
      return send(ground, withCertificate(cut), 'onboarding with half a certificate');
    },
  },
  {
    id: 'onboarding.not-json-refused',
    title: 'A body that is no JSON is refused',
    level: 'must',
    ...unusable,
    look: (ground) => send(ground, Buffer.from('{"kind": Onboarding'), 'onboarding without JSON'),
  },
  {
    id: 'onboarding.other-json-refused',
    title: 'JSON that is no onboarding request is refused',
    level: 'must',
    ...unusable,
    look: (ground) => send(ground, Buffer.from('[7,null,{"certificate":7}]'), 'onboarding with other JSON'),
  },
  {
    id: 'onboarding.empty-refused',
    title: 'An empty body is refused',
    level: 'must',
    ...unusable,
    look: (ground) => send(ground, Buffer.alloc(0), 'onboarding with an empty body'),
  },
  {
    id: 'onboarding.huge-refused',
    title: 'A body of 5 MiB is refused',
    level: 'should',
    source: 'RFC 9110 section 15.5.14',
    expected: '413, another 4xx, or the end of the connection',
    nextStep: 'Bound the size of a body, and answer 413 beyond.',
    look: sendHuge,
  },
];
