/** How the client bears what is played to it. */
import { type ClientCheck, must, onboarding, security, should } from './check.ts';

export const behaviourChecks = {
  lostReply: should(
    'scene.lost-reply',
    'An answer that was cut off is asked for again',
    onboarding,
    'another onboarding request',
    'Ask again when an answer does not come whole.',
  ),
  busy: should(
    'scene.busy',
    'A WFM that is busy is asked again',
    'RFC 9110 section 15.6.4',
    'another onboarding request after 503',
    'Ask again after 503.',
  ),
  pending: should(
    'scene.pending',
    'A WFM that has not decided is asked again',
    onboarding,
    'another onboarding request after 403 with Retry-After',
    'Ask again after 403 with Retry-After: somebody has to decide.',
  ),
  retryAfter: should(
    'retry.retry-after',
    'Retry-After is obeyed',
    'RFC 9110 section 10.2.3',
    'no request before Retry-After is over',
    'Wait at least as long as Retry-After says.',
  ),
  calm: should(
    'retry.calm',
    'The client asks calmly',
    'RFC 9110 section 10.2.3',
    'at most 20 requests in 10 s',
    'Wait between two tries, longer each time.',
  ),
  garbage: should(
    'scene.garbage',
    'A success that is none is not believed',
    onboarding,
    'another onboarding request after a 200 without a clientId',
    'Take an answer for a success only when it has a clientId.',
  ),
  wrongServer: must(
    'scene.wrong-server',
    'A server of another CA is told nothing',
    `${security}; RFC 5280 section 6`,
    'no body and no signature for a server that the CA does not vouch for',
    'Verify the chain of the server by the CA of the WFM before anything is sent.',
  ),
  wrongName: should(
    'scene.wrong-name',
    'A server with a certificate for another name is told nothing',
    'RFC 9110 section 4.3.4',
    'no body and no signature for a server whose certificate is for another name',
    'Compare the host of the WFM URL with the names in the certificate.',
  ),
  expired: must(
    'scene.expired',
    'A server whose certificate has expired is told nothing',
    `${security}; RFC 5280 section 6.1.3`,
    'no body and no signature for a server whose certificate has expired',
    'Verify the validity of the certificates with the chain.',
  ),
  sameClientId: should(
    'scene.same-client-id',
    'A client that is given its clientId again goes on with it',
    onboarding,
    'a report under the same clientId',
    'Take the clientId of the last answer.',
  ),
} as const satisfies Record<string, ClientCheck>;
