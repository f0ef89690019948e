/** Workloads that devices must be able to host: which devices are meant, and what a change of one means for them. Pure. */
import { type Application, type MatchExpression, ProtocolError, targetFault } from '@muster/protocol';
import { type Constraint, explain, expressionConstraint, isMet, type Subject } from './constraints.ts';
import { compile, type CompiledProfile, looksAt } from './judge.ts';
import { type Storable, requirementOf, storableRequirement } from './taken.ts';

/** One workload, compiled. */
export interface Required {
  readonly name: string;
  readonly application: string;
  readonly profiles: readonly CompiledProfile[];
  readonly target: string | undefined;
  readonly onLabels: readonly Constraint[];
  readonly onProperties: readonly Constraint[];
  /** Whether any device that offers the same can host it as well. */
  readonly looksAtOffersOnly: boolean;
}

/** What is missing of the profile that the device could host before. */
export interface Drift {
  readonly profile: string;
  readonly lost: readonly string[];
}

/** A target as it was asked for. @throws ProtocolError `invalid-request` */
export function checkedTarget(target: string | undefined): string | undefined {
  const message = target === undefined ? undefined : targetFault(target);
  if (message === undefined) return target;
  throw new ProtocolError(
    'invalid-request',
    'The target is wrong.',
    [{ field: 'target', message }],
    'Write gw/dev for that device, or gw/* for any behind that gateway.',
  );
}

/** Whether a device is the one that is meant by `gw/dev`, `gw/*` or an id. */
export function isTarget(target: string | undefined, deviceId: string): boolean {
  if (target === undefined) return true;
  return target.endsWith('/*') ? deviceId.startsWith(target.slice(0, -1)) : deviceId === target;
}

/** Compiles a workload and the selector of the devices that must be able to host it. */
export function compileRequired(
  name: string,
  application: Application,
  selector: readonly MatchExpression[],
): Required {
  const on = (where: MatchExpression['on']): Constraint[] =>
    selector.filter((e) => e.on === where).map(expressionConstraint);
  const profiles = compile(application);
  return {
    name,
    application: application.id,
    profiles,
    looksAtOffersOnly: !looksAt(profiles, 'labels') && !looksAt(profiles, 'device'),
    target: application.target,
    onLabels: on('label'),
    onProperties: on('property'),
  };
}

/**
 * The profiles of a workload as they are stored: as they were read when it came, so that one that was taken stays
 * readable whatever later versions check.
 */
export function profilesToJson(profiles: Application['profiles']): string {
  return JSON.stringify(
    profiles.map(({ id, requirement }) => ({ id, requirement: storableRequirement(requirement) })),
  );
}

/** Reads back what {@link profilesToJson} wrote. */
export function profilesFromJson(text: string): Application['profiles'] {
  const stored = JSON.parse(text) as { id: string; requirement: Storable }[];
  return stored.map(({ id, requirement }) => ({
    id,
    requirement: requirementOf(requirement),
    components: [],
  }));
}

/** Needed against offered, of every constraint that is not met. */
export function unmetLines(constraints: readonly Constraint[], subject: Subject): string[] {
  return explain(constraints, subject)
    .filter((c) => !c.met)
    .map((c) => `${c.constraint}: needs ${c.needed}, offered ${c.offered}`);
}

const holdAll = (constraints: readonly Constraint[], subject: Subject): boolean =>
  constraints.every((c) => isMet(c, subject));

/** Whether a device can host it by any of its profiles. */
export function canHost(required: Required, subject: Subject): boolean {
  return required.profiles.some((p) => holdAll(p.constraints, subject));
}

/**
 * What a device lacks that it had: it could host the workload and can no more.
 * Labels say which devices are meant now. Properties of the selector are those before the change: a device that is
 * selected by its camera is still meant when it loses the camera.
 * @param standing the profile of the alert that stands already
 * @returns null where there is nothing to raise, and where what stands is over
 */
export function driftOf(
  required: Required,
  deviceId: string,
  before: Subject,
  after: Subject,
  standing: string | undefined,
): Drift | null {
  if (!isTarget(required.target, deviceId) || !holdAll(required.onLabels, after)) return null;
  const { profiles } = required;
  if (canHost(required, after)) return null;
  const could =
    profiles.find((p) => p.id === standing) ??
    (holdAll(required.onLabels, before) && holdAll(required.onProperties, before)
      ? profiles.find((p) => holdAll(p.constraints, before))
      : undefined);
  if (could === undefined) return null;
  return { profile: could.id, lost: unmetLines(could.constraints, after) };
}
