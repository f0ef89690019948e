/** The onboarding request, repeated calmly until there is an answer that counts. */
import { encodeCertificates } from '@muster/pki';
import { isClientId, isObject, onboardingRequest, readProblem, retryAfter, routes } from '@muster/protocol';
import type { Binding } from '../binding/binding.ts';
import { standingOf } from '../capabilities/report.ts';
import type { DeviceClock } from '../clock/clock.ts';
import { DeviceError } from '../errors.ts';
import type { OnEvent } from '../events.ts';
import { type Answer, answerJson, isPassing } from '../http/answer.ts';
import { announcesNonce, nextContinuity, sendSigned } from '../http/signed.ts';
import type { Identity } from '../key/identity.ts';
import { backOff } from '../schedule/back-off.ts';
import { type Wait, waitForReal } from '../schedule/wait.ts';

interface OnboardOptions {
  readonly binding: Binding;
  readonly identity: Identity;
  readonly words: readonly string[];
  readonly ticket?: string | undefined;
  readonly now: () => number;
  readonly clock?: DeviceClock | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: OnEvent;
  /** Gives up waiting after this long; never by default. */
  readonly timeoutSeconds?: number | undefined;
  /** Between two requests; by the timers of this machine, unless said otherwise. */
  readonly wait?: Wait | undefined;
}

const longestWait = 3_600;

/** @throws DeviceError `protocol` */
export function clientIdOf(answer: Answer): string {
  const body = answerJson(answer);
  // `client_id` is what implementations of 2025 answer.
  const id = isObject(body) ? (body['clientId'] ?? body['client_id']) : undefined;
  if (typeof id === 'string' && isClientId(id)) return id;
  throw new DeviceError('protocol', 'The WFM gave a clientId that cannot be used.', {
    seen: JSON.stringify(id ?? null).slice(0, 80),
    expected: '1 to 128 of A-Z a-z 0-9 . _ ~ -',
    nextStep: 'Report it to the maker of the WFM.',
  });
}

/** What a refused onboarding means for whoever asked. */
export function refusal(answer: Answer): DeviceError {
  const problem = readProblem(answer.status, answerJson(answer));
  const seen = `${answer.status} ${problem.detail ?? problem.title ?? ''}`.trim();
  if (answer.status === 403) {
    return new DeviceError('rejected', 'The WFM does not let this device in.', {
      seen,
      expected: 'approval',
      standing: standingOf(problem.type),
      nextStep: 'Ask its operator to approve or pre-authorise the certificate of this device.',
    });
  }
  if (answer.status === 404) {
    return new DeviceError('refused', 'There is no onboarding at this URL.', {
      seen,
      expected: 'a WFM',
      nextStep: 'Check the URL and its path prefix.',
    });
  }
  if (answer.status === 409) {
    // Some WFMs never tell the clientId a second time; the reply that had it was lost.
    return new DeviceError(
      'refused',
      'The WFM has onboarded this certificate before, and does not tell its clientId again.',
      {
        seen,
        expected: 'the clientId that goes with this key',
        nextStep: 'Let its operator remove the earlier registration, and join again.',
      },
    );
  }
  return new DeviceError('refused', 'The WFM refused the onboarding request.', {
    seen,
    expected: '201 with a clientId',
    nextStep:
      answer.status === 401
        ? 'Check the clock, and whether a proxy changes the host or path.'
        : 'Read what was seen; correct that.',
  });
}

/**
 * Onboards: gets the clientId, waiting for approval as long as it takes. Every try is signed afresh.
 * @returns the binding with what was learned
 * @throws DeviceError `rejected`, `refused`, `protocol`, `trust`, `unreachable`, `timeout`, `aborted`
 */
export async function onboard(o: OnboardOptions): Promise<Binding & { clientId: string }> {
  const { identity, onEvent } = o;
  let binding = o.binding;
  let failures = 0;
  let answeredOnce = false;
  let triedOther = false;
  const started = o.now();
  const wait = async (seconds: number): Promise<void> => {
    if (o.timeoutSeconds !== undefined && o.now() - started + seconds * 1000 > o.timeoutSeconds * 1000) {
      throw new DeviceError('timeout', 'Nobody has decided in time.', {
        seen: `${o.timeoutSeconds} s without a decision`,
        expected: 'approval',
        nextStep: 'Ask the operator to approve this device, then join again; nothing is lost.',
      });
    }
    await (o.wait ?? waitForReal)(seconds, o.signal);
    if (o.signal?.aborted === true)
      throw new DeviceError('aborted', 'Stopped while waiting.', {
        nextStep: 'Join again; nothing is lost.',
      });
  };
  for (;;) {
    let answer: Answer;
    try {
      const body = Buffer.from(
        JSON.stringify(
          onboardingRequest(encodeCertificates(identity.chain, binding.certificateForm), {
            ticket: o.ticket,
            continuity: binding.continuity ?? undefined,
            // Only a WFM that announces signature parameters of its own accord is likely to look at it.
            keyProtection: binding.nonce ? identity.signer.protection : undefined,
          }),
        ),
      );
      const sent = await sendSigned({
        url: binding.wfm + routes.onboarding,
        method: 'POST',
        body,
        anchors: binding.anchors,
        signer: identity.signer,
        nonce: binding.nonce,
        offsetSeconds: binding.offsetSeconds,
        now: o.now,
        clock: o.clock,
        signal: o.signal,
      });
      answer = sent.answer;
      if (sent.offsetSeconds !== binding.offsetSeconds) {
        binding = { ...binding, offsetSeconds: sent.offsetSeconds };
        onEvent({ event: 'clock', offsetSeconds: sent.offsetSeconds });
      }
    } catch (error) {
      // A WFM that has answered before is waited for; one that never has is an address to check.
      if (!(error instanceof DeviceError) || error.code !== 'unreachable' || (!answeredOnce && failures >= 3))
        throw error;
      const afterSeconds = answeredOnce ? backOff(failures, Math.random()) : 1;
      failures++;
      onEvent({ event: 'retry', reason: error.message, afterSeconds });
      await wait(afterSeconds);
      continue;
    }
    answeredOnce = true;
    if (announcesNonce(answer)) binding = { ...binding, nonce: true };
    if (answer.status === 200 || answer.status === 201) {
      const continuity = nextContinuity(answer, binding.continuity);
      return { ...binding, clientId: clientIdOf(answer), continuity };
    }
    const problem = readProblem(answer.status, answerJson(answer));
    const after = retryAfter(answer, problem.retryAfterSeconds, o.now());
    if (answer.status === 202 || (answer.status === 403 && after !== undefined)) {
      const retryAfterSeconds = Math.min(longestWait, Math.max(1, after ?? 5));
      failures = 0;
      onEvent({
        event: 'pending',
        words: o.words,
        fingerprint: `sha256:${identity.certificate.sha256}`,
        retryAfterSeconds,
      });
      await wait(retryAfterSeconds * (1 + Math.random() * 0.1));
      continue;
    }
    if (answer.status === 400 && !triedOther) {
      // Deployed servers disagree on what is base64-encoded: the PEM text or the DER.
      triedOther = true;
      binding = {
        ...binding,
        certificateForm: binding.certificateForm === 'base64-pem' ? 'base64-der' : 'base64-pem',
      };
      continue;
    }
    if (isPassing(answer.status)) {
      // Never before the WFM wants to be asked again, and not together with all whom it told the same.
      const asked = Math.min(longestWait, after ?? 0) * (1 + Math.random() * 0.1);
      const afterSeconds = Math.max(asked, backOff(failures++, Math.random()));
      onEvent({ event: 'retry', reason: `The WFM answers ${answer.status}.`, afterSeconds });
      await wait(afterSeconds);
      continue;
    }
    throw refusal(answer);
  }
}
