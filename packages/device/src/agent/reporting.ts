/** What a daemon does at each look at a WFM: report what this machine offers, when it is due, and what is behind it. */
import { createHash } from 'node:crypto';
import { pairingWords } from '@muster/protocol';
import type { Binding } from '../binding/binding.ts';
import { digestOf } from '../capabilities/digest.ts';
import { withSkew } from '../capabilities/skew.ts';
import type { DeviceClock } from '../clock/clock.ts';
import type { OnEvent } from '../events.ts';
import type { ChildStatus } from '../gateway/reported.ts';
import { openIdentity } from '../key/identity.ts';
import { enroll } from '../onboarding/enroll.ts';
import { type AgentTimes, isReportDue } from './state.ts';

interface ReportingOptions {
  readonly stateDirectory: string;
  readonly capabilitiesFile: string | undefined;
  readonly inventory: string | undefined;
  readonly times: AgentTimes;
  readonly clock: DeviceClock;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly onEvent: OnEvent;
  /** How to wait between two onboarding requests, in seconds. */
  readonly wait: (seconds: number) => Promise<void>;
}

interface Occasion {
  /** Whether somebody has asked for a report now. */
  readonly wasAsked: () => boolean;
  /** The last look ended well. */
  readonly isActive: boolean;
  /** Called before a device without a clientId onboards. */
  readonly onboards: () => void;
}

/** What came of it. */
interface Attended {
  readonly status: number;
  readonly deviceId: string;
  readonly profile: string;
  readonly children: ChildStatus[];
  /** What is wrong with some of the children, in one sentence. */
  readonly troubles: string | undefined;
}

const never = { digest: '', at: Number.NEGATIVE_INFINITY };

/** Remembers what was reported last, so that the same is not sent again before the heartbeat. */
export class Reporting {
  readonly #o: ReportingOptions;
  #reported = never;

  constructor(o: ReportingOptions) {
    this.#o = o;
  }

  /** Another WFM is in force, which knows nothing yet. */
  forget(): void {
    this.#reported = never;
  }

  /**
   * Looks at what there is, and sends what is due.
   * @returns null when nothing is
   * @throws DeviceError what keeps it from being known
   */
  async attend(binding: Binding, occasion: Occasion): Promise<Attended | null> {
    const { stateDirectory, times, now, clock, signal, onEvent, wait } = this.#o;
    const { lookAtOffer, offeredAs, syncChildren, troubleOf } = await import('../gateway/sync.ts');
    const offer = await lookAtOffer({ ...this.#o, binding });
    const digestFor = (b: Binding): string => digestOf(withSkew(offeredAs(offer, b), b));
    const wasAsked = occasion.wasAsked();
    const changed = digestFor(binding) !== this.#reported.digest;
    const sinceReport = (now() - this.#reported.at) / 1000;
    const isWhole = sinceReport >= times.heartbeatSeconds && Number.isFinite(sinceReport);
    const isDue = isReportDue({ changed, sinceReport }, times) || wasAsked || !occasion.isActive;
    if (!isDue && offer.children === undefined) return null;
    const identity = await openIdentity({ stateDirectory, clock });
    if (binding.clientId === null) occasion.onboards();
    const how = { stateDirectory, identity, now, clock, signal, onEvent };
    let bound = { ...binding, clientId: binding.clientId ?? '' };
    let status = 0;
    if (isDue) {
      const words = pairingWords(binding.caPin ?? '', identity.signer.spkiSha256, (bytes) =>
        createHash('sha256').update(bytes).digest(),
      );
      ({ binding: bound, status } = await enroll({
        ...how,
        ...offer,
        binding,
        words,
        wait,
        // Read by the caller; a move may have put another one in force since. One that waits comes into force when it is let in.
        keepCurrent: binding.clientId !== null,
      }));
      this.#reported = { digest: digestFor(bound), at: now() };
    }
    const { children } = await syncChildren({ ...how, binding: bound, offer, isWhole: isWhole || wasAsked });
    return {
      status,
      deviceId: offer.capabilities.deviceId,
      profile: bound.learned?.profile ?? '',
      children,
      troubles: troubleOf(children),
    };
  }
}
