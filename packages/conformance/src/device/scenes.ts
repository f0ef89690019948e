/** The scenes: what is done to the client, and what it must make of it. */
import { type Answer, done, garbage, onboarded, refused } from './answers.ts';
import { bad, type CheckName, found, good } from './checks.ts';
import type { Impostor } from './impostor.ts';
import type { Ledger } from './ledger.ts';
import { GoneError } from './patience.ts';
import type { Stage, Visit } from './stage.ts';

/** Their names, in the order in which they are played. */
export const sceneNames = [
  'lost-reply',
  'busy',
  'pending',
  'garbage',
  'wrong-server',
  'wrong-name',
  'expired',
  'same-client-id',
] as const;

export type SceneName = (typeof sceneNames)[number];

const checkOf: Readonly<Record<SceneName, CheckName>> = {
  'lost-reply': 'lostReply',
  busy: 'busy',
  pending: 'pending',
  garbage: 'garbage',
  'wrong-server': 'wrongServer',
  'wrong-name': 'wrongName',
  expired: 'expired',
  'same-client-id': 'sameClientId',
};

export interface Play {
  readonly stage: Stage;
  readonly ledger: Ledger;
  readonly impostor: Impostor;
  readonly scenes: ReadonlySet<SceneName>;
  /** What the client is given. */
  readonly clientId: string;
  readonly retryAfterSeconds: number;
  /** How long the client is silent when it has said all, in seconds. */
  readonly silenceSeconds: number;
  readonly signal: AbortSignal;
}

/** For so many times Retry-After nobody has decided; one who does not wait is not heard more often than this. */
const pendingRounds = 2;
const mostAsked = 60;
/** A timer may end a moment early, by its own clock. */
const tolerance = 50;

const secondsBetween = (from: Visit, to: Visit): number => (to.request.at - from.answeredAt) / 1000;

const restart = 'Start the client again if it has ended, with the state that it has.';
const again = { for: 'the client to ask to be onboarded again', nextStep: restart } as const;
const report = 'Start the client again, with the state that it has, or let it report.';

/** Answers, and waits for the next onboarding request. A client that goes on as if it had a clientId has not understood. */
async function askedAgain(
  { stage, ledger }: Play,
  scene: SceneName,
  visit: Visit,
  answer: Answer | 'cut',
): Promise<Visit> {
  visit.answer(answer);
  for (;;) {
    const next = await stage.next(['onboarding', 'report', 'workload'], { scene, ...again });
    if (next.route.kind === 'onboarding') return next;
    ledger.settle(bad(checkOf[scene], next.asked));
    next.answer(refused('invalid-client'));
  }
}

/** Whether Retry-After was obeyed. */
function judgeWait({ ledger, retryAfterSeconds }: Play, from: Visit, to: Visit): void {
  const waited = secondsBetween(from, to);
  const isObeyed = waited * 1000 >= retryAfterSeconds * 1000 - tolerance;
  ledger.note({
    ...found('retryAfter', isObeyed, `asked again after ${waited.toFixed(1)} s`),
    expected: `not before the ${retryAfterSeconds} s of Retry-After`,
  });
}

/** A scene between two onboarding requests: gets the first, and gives on the second. */
type OnboardingScene = (play: Play, visit: Visit) => Promise<Visit>;

const onboardingScenes: ReadonlyArray<readonly [SceneName, OnboardingScene]> = [
  ['lost-reply', (play, visit) => askedAgain(play, 'lost-reply', visit, 'cut')],
  [
    'busy',
    async (play, visit) => {
      const { retryAfterSeconds } = play;
      const next = await askedAgain(play, 'busy', visit, refused('overloaded', { retryAfterSeconds }));
      judgeWait(play, visit, next);
      return next;
    },
  ],
  [
    'pending',
    async (play, visit) => {
      const answer = refused('client-approval-pending', { retryAfterSeconds: play.retryAfterSeconds });
      const until = performance.now() + pendingRounds * play.retryAfterSeconds * 1000 - tolerance;
      let last = visit;
      for (let asked = 0; asked < mostAsked && performance.now() < until; asked++) {
        const next = await askedAgain(play, 'pending', last, answer);
        judgeWait(play, last, next);
        last = next;
      }
      return last;
    },
  ],
  ['garbage', (play, visit) => askedAgain(play, 'garbage', visit, garbage)],
];

/** What is shown in the place of the right certificate. */
const wrongServers = [
  ['wrong-server', 'other-ca', 'of another CA'],
  ['wrong-name', 'other-name', 'with a certificate for another name'],
  ['expired', 'expired', 'with a certificate that has expired'],
] as const;

type LaterScene = (play: Play) => Promise<void>;

const wrongServerScenes = wrongServers.map(([scene, guise, what]): readonly [SceneName, LaterScene] => [
  scene,
  async ({ impostor, ledger }) => {
    const coming = `the client to come once more, to a server ${what}`;
    const { isFooled, what: seen } = await impostor.watch(guise, { scene, for: coming, nextStep: report });
    ledger.settle(found(checkOf[scene], !isFooled, seen));
  },
]);

async function playSameClientId({ stage, ledger, clientId }: Play): Promise<void> {
  const scene = 'same-client-id';
  const visit = await stage.next(['report'], {
    scene,
    for: 'a report of the client, to say that it is unknown',
    nextStep: report,
  });
  visit.answer(refused('invalid-client'));
  const next = await stage.next(['onboarding', 'report'], { scene, ...again });
  if (next.route.kind === 'report') {
    next.answer(done(201));
    return ledger.excuse('sameClientId', 'the client went on without asking to be onboarded again');
  }
  next.answer(onboarded(clientId));
  const last = await stage.next(['report'], {
    scene,
    for: 'a report under the clientId that was given again',
    nextStep: restart,
  });
  last.answer(done(201));
  ledger.settle(found('sameClientId', last.route.clientId === clientId, last.asked));
}

const laterScenes: ReadonlyArray<readonly [SceneName, LaterScene]> = [
  ...wrongServerScenes,
  ['same-client-id', playSameClientId],
];

/** Waits for the last step of onboarding. @throws GoneError */
async function awaitReport({ stage, ledger, silenceSeconds, signal }: Play): Promise<void> {
  try {
    const visit = await stage.next(['report'], {
      scene: 'onboarded',
      for: 'the capabilities of the client',
      nextStep: restart,
    });
    ledger.settle(good('reportArrives', visit.asked));
    visit.answer(done(201));
    await stage.silence(silenceSeconds, signal);
  } catch (error) {
    if (error instanceof GoneError && !error.isStopped) ledger.settle(bad('reportArrives', error.message));
    throw error;
  }
}

/**
 * Plays all scenes that are wanted, and ends when the client stays away.
 * @throws GoneError when there was no onboarding request at all
 */
export async function playScenes(play: Play): Promise<void> {
  const { stage, ledger, scenes, clientId } = play;
  for (const name of sceneNames)
    if (!scenes.has(name)) ledger.excuse(checkOf[name], 'the scene was not wanted');
  let visit = await stage.next(['onboarding'], {
    scene: 'start',
    for: 'the client to ask to be onboarded',
    nextStep: 'Join this WFM with the client, by what is shown above.',
  });
  ledger.settle(good('onboardingArrives', visit.asked));
  let scene: SceneName | null = null;
  try {
    for (const [name, act] of onboardingScenes) {
      if (!scenes.has(name)) continue;
      scene = name;
      const asked = visit;
      visit = await act(play, asked);
      ledger.settle(good(checkOf[name], `asked again after ${secondsBetween(asked, visit).toFixed(1)} s`));
    }
    scene = null;
    stage.clientId = clientId;
    visit.answer(onboarded(clientId));
    await awaitReport(play);
    for (const [name, act] of laterScenes) {
      if (!scenes.has(name)) continue;
      scene = name;
      await act(play);
    }
  } catch (error) {
    if (!(error instanceof GoneError)) throw error;
    const left = sceneNames.slice(
      scene === null ? sceneNames.indexOf('wrong-server') : sceneNames.indexOf(scene),
    );
    ledger.excuse('reportArrives', 'the client was not let in: it stayed away before');
    for (const name of left.filter((one) => scenes.has(one)))
      ledger.excuse(
        checkOf[name],
        name === scene ? error.message : `the client stayed away after ${scene ?? 'it was let in'}`,
      );
  }
}
