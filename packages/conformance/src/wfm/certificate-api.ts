/** The Certificate API: how clients get the WFM's root CA. */
import { caPin, type Certificate, decodeCertificates } from '@muster/pki';
import { isObject, routes } from '@muster/protocol';
import { type Examination, failed, type Finding, MissingGround, passed } from '../report.ts';
import type { Ground } from './ground.ts';
import { vouches } from './tls.ts';
import { type Answer, jsonOf, tell } from './wire.ts';

const source = 'Margo: Certificate API';

/** Clocks that differ by less are taken for equal, in seconds. */
const noticeableSkew = 30;

async function ask(ground: Ground): Promise<Answer> {
  const url = ground.reached.url + routes.certificate;
  return ground.wire.send({ url, method: 'GET', headers: {} }, 'the CA certificate');
}

async function answers(ground: Ground): Promise<Finding> {
  const answer = await ask(ground);
  const theirs = Date.parse(answer.headers['date'] ?? '');
  const skew = Math.round((theirs - Date.now()) / 1000);
  if (Math.abs(skew) > noticeableSkew) ground.offsetSeconds = skew;
  const body = jsonOf(answer);
  const text = isObject(body) ? body['certificate'] : undefined;
  if (answer.status !== 200 || typeof text !== 'string') return failed(tell(answer));
  ground.certificateText = text;
  return passed(
    `200 with a certificate of ${text.length} characters${ground.offsetSeconds === 0 ? '' : `; its clock differs by ${skew} s, and signatures go by it`}`,
  );
}

function formOf(text: string): string {
  if (text.includes('-----BEGIN ')) return 'PEM';
  return Buffer.from(text, 'base64').subarray(0, 200).includes('-----BEGIN ')
    ? 'base64 of PEM'
    : 'base64 of DER';
}

const offeredBy = (ground: Ground): Certificate[] => decodeCertificates(ground.certificateText);

async function readable(ground: Ground): Promise<Finding> {
  const offered = offeredBy(ground);
  const stranger = offered.find((one) => !one.isCa);
  if (stranger !== undefined) return failed(`a certificate that is no CA: ${stranger.subject}`);
  return passed(`${formOf(ground.certificateText)}: ${offered.map(caPin).join(', ')}`);
}

async function anchors(ground: Ground): Promise<Finding> {
  let offered: Certificate[];
  try {
    offered = offeredBy(ground);
  } catch (error) {
    if (error instanceof MissingGround) throw error;
    throw new MissingGround('the certificate could not be read');
  }
  const mistrust = await vouches(
    ground.reached.url,
    offered.map((one) => one.pem),
    ground.signal,
  );
  return mistrust === undefined
    ? passed('a client that believes only these CAs believes the server')
    : failed(`${mistrust}; offered: ${offered.map((one) => one.subject).join(', ')}`);
}

export const certificateChecks: readonly Examination<Ground>[] = [
  {
    id: 'certificate.unsigned-get',
    title: 'An unsigned GET is answered with the root CA',
    level: 'must',
    source,
    expected: '200 with {"certificate": "…"}',
    nextStep: 'Serve GET /api/v1/onboarding/certificate without authentication.',
    look: answers,
  },
  {
    id: 'certificate.readable',
    title: 'The certificate is in a published form, and a CA',
    level: 'must',
    source,
    expected: 'PEM, base64 of PEM, or base64 of DER, of CA certificates',
    nextStep: 'Encode the root CA certificate, as base64 of its PEM text or of its DER.',
    look: readable,
  },
  {
    id: 'certificate.is-the-anchor',
    title: 'The certificate is the anchor that the TLS chain leads to',
    level: 'must',
    source: `${source}; RFC 5280 section 6.1.1`,
    expected: 'the root CA of the chain that the server shows',
    nextStep:
      'Offer the root CA that has issued the TLS certificate, and send the intermediates in the handshake.',
    look: anchors,
  },
];
