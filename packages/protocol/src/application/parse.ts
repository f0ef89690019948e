/** Reading an ApplicationDescription of any published shape, an ApplicationDeployment, or bare requirements, with all faults at once. */
import { isObject } from '../json.ts';
import { componentsAt, type Sources, typeAt, typed } from './components.ts';
import { deploymentOf, isDeployment } from './deployment.ts';
import { LocatedDocument, type Path } from './document.ts';
import { choiceAt, type Json, knownAt, listAt, objectAt, remarkAt, textAt } from './fields.ts';
import { type Application, type ApplicationProfile, deploymentTypes } from './model.ts';
import { checkSettings } from './parameters.ts';
import { namedNeedsAt, requirementAt } from './requirement.ts';

const applicationId = /^[a-z0-9-]{1,200}$/;
const profileId = /^[A-Za-z0-9._-]{1,200}$/;
const mostProfiles = 32;

function profileAt(
  d: LocatedDocument,
  given: unknown,
  path: Path,
  sources: Sources | undefined,
): ApplicationProfile {
  const profile = objectAt(d, given, path);
  const type = typeAt(d, profile, path);
  const description = remarkAt(d, profile, 'description', path);
  namedNeedsAt(d, profile, path);
  // Only rc.3 has deviceConstraints; nothing else tells what a description is of.
  const likely = profile['deviceConstraints'] === undefined ? 'either' : 'oci';
  const names = componentsAt(d, profile, path, type, sources ?? likely);
  return {
    id: textAt(d, profile, 'id', path, profileId),
    ...(description === undefined ? {} : { description }),
    requirement: { ...typed(type), ...requirementAt(d, profile, path) },
    components: names,
  };
}

function descriptionOf(d: LocatedDocument, root: Json, sources?: Sources): Application {
  const version = root['apiVersion'];
  if (typeof version !== 'string' || !/^(?:[a-z]+\.)?margo\.org\/v1-?alpha1$/.test(version))
    d.problem(['apiVersion'], version === undefined ? 'is required' : 'must be margo.org/v1-alpha1');
  if (root['kind'] !== 'ApplicationDescription')
    d.problem(['kind'], root['kind'] === undefined ? 'is required' : 'must be ApplicationDescription');
  const metadata = objectAt(d, root['metadata'], ['metadata']);
  // Newer drafts move the id to the root.
  const idIn: [Json, Path] = root['id'] === undefined ? [metadata, ['metadata']] : [root, []];
  if (root['id'] !== undefined && metadata['id'] !== undefined && metadata['id'] !== root['id'])
    d.problem(['id'], 'must be the same as metadata.id');
  const application = {
    id: textAt(d, idIn[0], 'id', idIn[1], applicationId),
    name: textAt(d, metadata, 'name', ['metadata']),
    version: textAt(d, metadata, 'version', ['metadata']),
  };
  const profiles = listAt(d, root, 'deploymentProfiles', [], {
    required: true,
    notEmpty: true,
    most: mostProfiles,
  }).map((one, i) => profileAt(d, one, ['deploymentProfiles', i], sources));
  profiles.forEach((profile, i) => {
    if (profile.id !== '' && profiles.findIndex((p) => p.id === profile.id) !== i)
      d.problem(['deploymentProfiles', i, 'id'], 'must be the id of one profile only');
  });
  checkSettings(d, root, new Set(profiles.flatMap((p) => p.components)));
  return { ...application, profiles };
}

function bareOf(d: LocatedDocument, root: Json): Application {
  knownAt(d, root, ['type', 'runtime', 'requiredResources', 'deviceConstraints'], []);
  const type = root['type'] === undefined ? undefined : choiceAt(d, root['type'], deploymentTypes, ['type']);
  const runtime =
    root['runtime'] === undefined ? undefined : choiceAt(d, root['runtime'], ['oci', 'custom'], ['runtime']);
  const requirement = {
    ...typed(type),
    ...(runtime === undefined ? {} : { runtime }),
    ...requirementAt(d, root, []),
  };
  return {
    id: 'requirements',
    name: 'bare requirements',
    version: '',
    profiles: [{ id: 'requirements', requirement, components: [] }],
  };
}

/** A published shape of the standard. */
export const applicationShapes = ['rc.1', 'rc.2a', 'rc.2b', 'rc.2c', 'rc.3'] as const;
export type ApplicationShape = (typeof applicationShapes)[number];

/**
 * Reads an application: a Margo ApplicationDescription in YAML or JSON, an ApplicationDeployment (its device is
 * the `target`, its profile the only one), or bare requirements
 * (`type`, `runtime`, `requiredResources` or `deviceConstraints` at the root, and nothing else).
 * @param shape holds components to the sources of that shape; without it to whichever shape they look like
 * @throws ProtocolError with every fault, each with its path and line
 */
export function parseApplication(text: string, shape?: ApplicationShape): Application {
  const sources =
    shape === undefined ? undefined : shape === 'rc.2c' || shape === 'rc.3' ? 'oci' : 'packages';
  const d = new LocatedDocument(text);
  if (!isObject(d.value)) {
    const isEmpty = d.value === null || d.value === undefined;
    d.problem([], isEmpty ? 'the document is empty' : 'the document must be a mapping');
    d.finish('This is no application.');
  }
  const root = objectAt(d, d.value, []);
  if (isDeployment(root)) {
    const deployment = deploymentOf(d, root, sources);
    d.finish('This ApplicationDeployment is wrong.');
    return deployment;
  }
  const bare =
    root['kind'] === undefined &&
    root['apiVersion'] === undefined &&
    root['deploymentProfiles'] === undefined &&
    root['metadata'] === undefined;
  const application = bare ? bareOf(d, root) : descriptionOf(d, root, sources);
  d.finish(bare ? 'These requirements are wrong.' : 'This ApplicationDescription is wrong.');
  return application;
}
