/**
 * A signed request on the way that devices take: does it arrive as it was sent? It asks to onboard a certificate that has
 * expired: the WFM looks at that only once the digest and the signature are true, and then lets nobody in.
 */
import { contentDigest, signMessage } from '@muster/signatures';
import {
  encodeCertificates,
  fileSigner,
  generateKeyPair,
  selfSignedDeviceCertificate,
  type Signer,
} from '@muster/pki';
import { type Check, fail, isObject, onboardingRequest, pass, readProblem, routes } from '@muster/protocol';
import { askPublicly, type Met } from './ask.ts';

const day = 86_400_000;

async function expiredApplicant(now: number): Promise<{ signer: Signer; body: Buffer }> {
  const keys = await generateKeyPair('p256');
  const notBefore = new Date(now - 9 * day);
  const certificate = await selfSignedDeviceCertificate({
    keys,
    commonName: 'muster doctor',
    notBefore,
    days: 1,
  });
  const body = onboardingRequest(encodeCertificates([certificate], 'base64-pem'));
  return { signer: fileSigner(keys, 'memory'), body: Buffer.from(JSON.stringify(body)) };
}

async function send(url: string, ca: string | undefined, now: number): Promise<Met> {
  const { signer, body } = await expiredApplicant(now);
  const digest = contentDigest(body);
  const { signatureInput, signature } = await signMessage(
    { kind: 'request', method: 'POST', targetUri: url, fields: ['content-digest', digest] },
    {
      key: signer,
      components: ['@method', '@target-uri', '@authority', 'content-digest'],
      parameters: [
        ['created', Math.floor(now / 1000)],
        ['keyid', signer.spkiSha256],
      ],
    },
  );
  const headers = {
    'content-type': 'application/json',
    'content-digest': digest,
    'signature-input': signatureInput,
    signature,
  };
  return askPublicly(url, { ca, method: 'POST', headers, body });
}

const through = 'Have what stands in front pass';

/** What of the target has changed on the way, by what the WFM has verified the signature for. */
function changedTarget(sent: string, arrived: readonly string[]): readonly [string, string] {
  const [signed, seen] = [new URL(sent), arrived.map((url) => new URL(url))];
  const [first] = seen;
  if (first === undefined || arrived.includes(sent))
    return [
      'the method or a signed header field is changed on the way',
      `${through} method and headers unchanged.`,
    ];
  if (!seen.some((url) => url.host === signed.host))
    return [
      `the host arrives as ${first.host}, and was ${signed.host}`,
      `${through} the Host header unchanged, or name the public URL: --public-url`,
    ];
  const same = seen.find((url) => url.host === signed.host) ?? first;
  return [
    `the path arrives as ${same.pathname}${same.search}, and was ${signed.pathname}`,
    `${through} the path unchanged, or give its prefix with the public URL: --public-url`,
  ];
}

function judge(url: string, { status, body }: Met): readonly [string, string] | null {
  let answer: unknown = {};
  try {
    answer = JSON.parse(body);
  } catch {
    // Somebody else's page.
  }
  const check = isObject(answer) && typeof answer['check'] === 'string' ? answer['check'] : '';
  const targets = isObject(answer) && Array.isArray(answer['targetUris']) ? answer['targetUris'] : [];
  if (status === 403 && check === 'expired') return null;
  if (check === 'digest-mismatch') return ['the body is changed on the way', `${through} bodies unchanged.`];
  if (check === 'digest-missing' || check === 'signature-missing')
    return [
      `a header field is removed on the way (${check})`,
      `${through} Content-Digest, Signature and Signature-Input.`,
    ];
  if (check === 'signature-mismatch')
    return changedTarget(
      url,
      targets.filter((target): target is string => typeof target === 'string' && URL.canParse(target)),
    );
  if (check.startsWith('created-')) return [`the clocks differ (${check})`, 'Set both clocks (NTP).'];
  const { detail, title } = readProblem(status, answer);
  const seen = `${status} ${detail ?? title ?? 'from something that is no WFM'}`.trim();
  return status === 404
    ? [
        `the path does not arrive: ${seen}`,
        `${through} the path unchanged, or give its prefix with the public URL: --public-url`,
      ]
    : [seen, 'Check what stands in front, and its rules for POST requests.'];
}

/**
 * Sends a signed request through a public URL.
 * @param o.ca the root CA of this WFM in PEM; the system's when absent
 * @param o.now milliseconds since 1970
 */
export async function signedEchoCheck(o: {
  url: string;
  ca: string | undefined;
  now: number;
}): Promise<Check> {
  const name = `signed echo ${o.url}`;
  const url = o.url + routes.onboarding;
  try {
    const wrong = judge(url, await send(url, o.ca, o.now));
    return wrong === null ? pass(name, 'a signed request arrives as it was sent') : fail(name, ...wrong);
  } catch (error) {
    const seen = error instanceof Error ? error.message.slice(0, 200) : String(error);
    return fail(name, seen, 'Check what stands in front, and its limits of time and size.');
  }
}
