/** Sending capabilities in the shape that this WFM takes, learned once and remembered. */
import {
  type Capabilities,
  capabilityRungs,
  isAboutShape,
  readProblem,
  readRebindOrder,
  rebindField,
  renderCapabilities,
  retryAfter,
  routes,
  type Rung,
  type WireProfile,
} from '@muster/protocol';
import type { Binding } from '../binding/binding.ts';
import type { DeviceClock } from '../clock/clock.ts';
import { withSkew } from './skew.ts';
import { DeviceError } from '../errors.ts';
import type { OnEvent } from '../events.ts';
import { type Answer, answerJson, isPassing } from '../http/answer.ts';
import { nextContinuity, sendSigned } from '../http/signed.ts';
import { refreshRoots } from '../trust/refresh.ts';
import { withKey } from './key.ts';
import type { Identity } from '../key/identity.ts';

function rungsOf(binding: Binding): readonly Rung[] {
  const wanted: WireProfile | undefined = binding.profile === 'auto' ? undefined : binding.profile;
  const rungs = capabilityRungs.filter((rung) => wanted === undefined || rung.profile === wanted);
  const { learned } = binding;
  if (learned === null || !rungs.some((r) => r.profile === learned.profile)) return rungs;
  return [
    learned,
    ...rungs.filter(
      (r) =>
        r.profile !== learned.profile ||
        r.method !== learned.method ||
        r.clientIdAsDeviceId !== learned.clientIdAsDeviceId,
    ),
  ];
}

/** What a refusal says that became of this client. */
export function standingOf(type: string | undefined): 'blocked' | 'retired' | undefined {
  if (type?.endsWith(':client-blocked') === true) return 'blocked';
  return type?.endsWith(':client-retired') === true ? 'retired' : undefined;
}

/** What an answer other than success means. */
export function refusal(answer: Answer): DeviceError {
  const problem = readProblem(answer.status, answerJson(answer));
  const fields = (problem.errors ?? []).map((e) => `${e.field} ${e.message}`).join('; ');
  const seen = `${answer.status} ${problem.detail ?? problem.title ?? ''} ${fields}`.trim();
  const steps: Readonly<Record<number, string>> = {
    401: 'Check the clock, and whether a proxy changes the host or path.',
    403: 'Ask the operator of the WFM about this client.',
    404: 'Join again: the same key gets its clientId back, or a new decision.',
  };
  if (isPassing(answer.status))
    return new DeviceError('unreachable', 'The WFM cannot take the capabilities now.', {
      seen,
      expected: '200 or 201',
      nextStep: 'Try again later.',
      retryAfterSeconds: retryAfter(answer, problem.retryAfterSeconds, Date.now()),
    });
  return new DeviceError('refused', 'The WFM refused the capabilities.', {
    seen,
    expected: '200 or 201',
    standing: standingOf(problem.type),
    nextStep: steps[answer.status] ?? 'Correct the named fields in the capabilities file.',
  });
}

export interface ReportOptions {
  readonly binding: Binding & { readonly clientId: string };
  readonly identity: Identity;
  readonly capabilities: Capabilities;
  /** What stands for a gateway and all behind it where the WFM has no gateways (rc.1). */
  readonly opaque?: Capabilities | undefined;
  readonly now: () => number;
  readonly clock?: DeviceClock | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: OnEvent;
}

/** The type of a 404 that is about the client, not about the route. */
export function isUnknownClient(answer: Answer): boolean {
  return (
    answer.status === 404 && (readProblem(404, answerJson(answer)).type ?? '').endsWith('invalid-client')
  );
}

/** Sends one document in one shape. @returns the answer, and the binding with what it taught */
export async function sendOnRung(
  o: ReportOptions,
  rung: Rung,
): Promise<{ binding: ReportOptions['binding']; answer: Answer }> {
  const { binding } = o;
  const hasGateways = rung.profile !== 'rc.1';
  const told = hasGateways ? o.capabilities : (o.opaque ?? o.capabilities);
  // Clock and key are this device's, not those of the children.
  const { profile } = rung;
  const { signer } = o.identity;
  const offered =
    told.deviceId === binding.deviceId
      ? withKey(withSkew(told, binding), { binding, signer, profile })
      : told;
  const deviceId = rung.clientIdAsDeviceId ? binding.clientId : offered.deviceId;
  const path = hasGateways
    ? routes.deviceCapabilities(binding.clientId, deviceId)
    : routes.capabilities(binding.clientId);
  const { answer, offsetSeconds } = await sendSigned({
    url: binding.wfm + path,
    method: rung.method,
    body: Buffer.from(JSON.stringify(renderCapabilities({ ...offered, deviceId }, rung.profile))),
    anchors: binding.anchors,
    signer: o.identity.signer,
    nonce: binding.nonce,
    offsetSeconds: binding.offsetSeconds,
    now: o.now,
    clock: o.clock,
    signal: o.signal,
    continuity: binding.continuity,
  });
  if (offsetSeconds !== binding.offsetSeconds) o.onEvent({ event: 'clock', offsetSeconds });
  const continuity = nextContinuity(answer, binding.continuity);
  return { binding: { ...binding, continuity, offsetSeconds }, answer };
}

/**
 * Reports the capabilities, whole; walks down the ladder of shapes when the WFM does not take one.
 * @returns what was learned, and whether the WFM did not know the client
 * @throws DeviceError `refused`, and as the exchange does
 */
export async function sendCapabilities(
  o: ReportOptions,
): Promise<{ binding: Binding & { clientId: string }; status: number } | 'unknown-client'> {
  let binding = o.binding;
  let first: DeviceError | undefined;
  for (const rung of rungsOf(binding)) {
    const sent = await sendOnRung({ ...o, binding }, rung);
    const { answer } = sent;
    binding = sent.binding;
    if (answer.status === 200 || answer.status === 201 || answer.status === 204) {
      binding = await refreshRoots(binding, answer, o.signal, o.clock);
      return {
        binding: {
          ...binding,
          retirementAcknowledged: false,
          order: readRebindOrder(answer.headers[rebindField]),
          learned: rung,
          reportedAt: new Date(o.now()).toISOString(),
        },
        status: answer.status,
      };
    }
    if (isUnknownClient(answer)) return 'unknown-client';
    first ??= refusal(answer);
    if (!isAboutShape(answer.status)) throw refusal(answer);
  }
  throw (
    first ?? new DeviceError('protocol', 'There is no shape to send.', { nextStep: 'Use --profile auto.' })
  );
}
