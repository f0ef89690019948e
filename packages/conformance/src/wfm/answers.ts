/** What is true of all answers of a run. */
import { isObject, readProblem, routes } from '@muster/protocol';
import { type Examination, failed, type Finding, MissingGround, passed } from '../report.ts';
import type { Ground } from './ground.ts';
import { jsonOf, type Kept, pauseOf, tell } from './wire.ts';

/** The longest that somebody waits for an answer, in milliseconds. */
const longest = 10_000;

/** All that fit must be well; the first that is not is told. */
function every(
  kept: readonly Kept[],
  isWell: (one: Kept) => boolean,
  tellOne: (one: Kept) => string,
): Finding {
  if (kept.length === 0) throw new MissingGround('there was no such answer');
  const wrong = kept.filter((one) => !isWell(one));
  const [first] = wrong;
  if (first === undefined) return passed(`${kept.length} answers`);
  return failed(`${wrong.length} of ${kept.length}, first for ${first.what}: ${tellOne(first)}`);
}

/** `{error}` of the onboarding contract, `{error, message}`, or RFC 9457; with a capital in one deployed server. */
function hasPublishedShape({ answer }: Kept): boolean {
  const body = jsonOf(answer);
  const problem = readProblem(answer.status, body);
  return isObject(body) && problem.title !== undefined;
}

/** Refused by a rule of the interface; 405, 413 and the like may come from what stands in front. */
const byTheInterface = new Set([400, 401, 403, 404, 409, 422]);

const isOnboarding = ({ path }: Kept): boolean => path.endsWith(routes.onboarding);

export const answersChecks: readonly Examination<Ground>[] = [
  {
    id: 'answers.onboarding-error-body',
    title: 'A refused onboarding says why in a published shape',
    level: 'must',
    source: 'Margo: Device Client Onboarding; RFC 9457',
    expected: 'JSON with "error", or a problem of RFC 9457, for each 400 and 403',
    nextStep: 'Answer {"error": "…"}; members of RFC 9457 may stand beside it.',
    look: async ({ wire }) =>
      every(
        wire.kept.filter((one) => isOnboarding(one) && [400, 403].includes(one.answer.status)),
        hasPublishedShape,
        ({ answer }) => tell(answer),
      ),
  },
  {
    id: 'answers.error-body',
    title: 'Every refusal says why in a published shape',
    level: 'should',
    source: 'Margo: API Requirements and Security Details; RFC 9457',
    expected: 'JSON with "error", or a problem of RFC 9457',
    nextStep: 'Answer {"error": "…", "message": "…"}; members of RFC 9457 may stand beside them.',
    look: async ({ wire }) =>
      every(
        wire.kept.filter((one) => byTheInterface.has(one.answer.status)),
        hasPublishedShape,
        ({ answer }) => tell(answer),
      ),
  },
  {
    id: 'answers.no-server-error',
    title: 'Nothing that was sent is answered with a 5xx',
    level: 'must',
    source: 'RFC 9110 sections 15.5 and 15.6',
    expected: 'no 5xx but a 503 with Retry-After',
    nextStep: 'Answer with a 4xx what the client did wrong.',
    look: async ({ wire }) =>
      every(
        wire.kept,
        ({ answer }) => answer.status < 500 || (answer.status === 503 && pauseOf(answer) !== undefined),
        ({ answer }) => tell(answer),
      ),
  },
  {
    id: 'answers.in-time',
    title: 'Each answer comes within 10 s',
    level: 'should',
    source: 'Margo: Device Client Onboarding (left open there)',
    expected: 'a whole answer within 10 s; deployed clients wait no longer',
    nextStep: 'Answer 403 with Retry-After to a client that waits for a person.',
    look: async ({ wire }) =>
      every(
        wire.kept,
        ({ answer }) => answer.milliseconds <= longest,
        ({ answer }) => `${(answer.milliseconds / 1000).toFixed(1)} s`,
      ),
  },
];
