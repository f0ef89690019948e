/** Reading an ApplicationDeployment of any published shape: what is to run, and on which device. */
import { isObject } from '../json.ts';
import { componentsAt, type Sources, typeAt, typed } from './components.ts';
import type { LocatedDocument, Path } from './document.ts';
import { type Json, objectAt, textAt } from './fields.ts';
import type { Application } from './model.ts';
import { parametersAt } from './parameters.ts';
import { namedNeedsAt, requirementAt } from './requirement.ts';
import { targetFault } from './target.ts';

const uuid = /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
const applicationId = /^[-a-z0-9]{1,200}$/;
const extensionName = /^x-[a-z][a-z0-9-]*-extensions$/;

/** Whether the document is a deployment: it says so, or (rc.3 names no kind) has what only a deployment has. */
export function isDeployment(root: Json): boolean {
  if (root['kind'] !== undefined) return root['kind'] === 'ApplicationDeployment';
  return isObject(root['spec']) && root['deploymentProfiles'] === undefined;
}

/** An id from where newer shapes have it, else from the annotations; both may stand if they are equal. */
function idAt(
  d: LocatedDocument,
  newer: { from: Json; key: string; path: Path },
  annotations: { from: Json; key: string; path: Path },
  pattern: RegExp,
): string {
  const [here, there] = [newer.from[newer.key], annotations.from[annotations.key]];
  if (here !== undefined && there !== undefined && here !== there)
    d.problem(
      [...annotations.path, annotations.key],
      `must be the same as ${[...newer.path, newer.key].join('.')}`,
    );
  const { from, key, path } = here === undefined && there !== undefined ? annotations : newer;
  return textAt(d, from, key, path, pattern);
}

/** Unknown extensions are ignored, but what begins like one must be named like one. */
function checkExtensions(d: LocatedDocument, from: Json, path: Path): void {
  for (const [key, value] of Object.entries(from)) {
    if (!key.startsWith('x-')) continue;
    if (!extensionName.test(key)) d.problem([...path, key], 'must be named x-<name>-extensions');
    else if (!isObject(value)) d.problem([...path, key], 'must be a mapping');
  }
}

function targetAt(d: LocatedDocument, metadata: Json, required: boolean): string | undefined {
  if (metadata['deviceId'] === undefined && !required) return undefined;
  const target = textAt(d, metadata, 'deviceId', ['metadata']);
  const fault = target === '' ? undefined : targetFault(target);
  if (fault !== undefined) d.problem(['metadata', 'deviceId'], fault);
  return target;
}

/** rc.1 has its id in the annotations, and rc.3 no kind; what is between may be any of the rc.2. */
function sourcesOf(root: Json, isRc1: boolean): Sources {
  if (isRc1) return 'packages';
  return root['kind'] === undefined ? 'oci' : 'either';
}

/**
 * Reads a deployment as an application of one profile, with the device that is meant as its target.
 * @param sources where its components may come from, when that is known
 */
export function deploymentOf(d: LocatedDocument, root: Json, sources?: Sources): Application {
  // rc.3 has neither field; the others have both.
  if (root['kind'] !== undefined && root['apiVersion'] !== 'application.margo.org/v1alpha1')
    d.problem(['apiVersion'], 'must be application.margo.org/v1alpha1');
  const metadata = objectAt(d, root['metadata'], ['metadata']);
  const path: Path = ['metadata', 'annotations'];
  const annotations = metadata['annotations'] === undefined ? {} : objectAt(d, metadata['annotations'], path);
  const spec = objectAt(d, root['spec'], ['spec']);
  const at: Path = ['spec', 'deploymentProfile'];
  const profile = objectAt(d, spec['deploymentProfile'], at);

  idAt(d, { from: root, key: 'id', path: [] }, { from: annotations, key: 'id', path }, uuid);
  const id = idAt(
    d,
    { from: spec, key: 'applicationId', path: ['spec'] },
    { from: annotations, key: 'applicationId', path },
    applicationId,
  );
  const name = textAt(d, metadata, 'name', ['metadata']);
  // Between rc.1 and rc.2 stood one with the id at the top and the rest as before; rc.1's schema may leave the namespace out.
  const isRc1 = root['id'] === undefined && annotations['id'] !== undefined;
  const isBetween = spec['applicationId'] === undefined && annotations['applicationId'] !== undefined;
  if (metadata['namespace'] !== undefined || !isRc1) textAt(d, metadata, 'namespace', ['metadata']);
  const labels =
    metadata['labels'] === undefined ? {} : objectAt(d, metadata['labels'], ['metadata', 'labels']);
  for (const [key, value] of Object.entries(labels))
    if (typeof value !== 'string') d.problem(['metadata', 'labels', key], 'must be a text');
  const target = targetAt(d, metadata, root['id'] !== undefined && !isBetween);

  const type = typeAt(d, profile, at);
  namedNeedsAt(d, profile, at);
  const components = componentsAt(d, profile, at, type, sources ?? sourcesOf(root, isRc1));
  checkExtensions(d, spec, ['spec']);
  checkExtensions(d, profile, at);
  const listed: unknown = profile['components'];
  for (const [i, component] of (Array.isArray(listed) ? listed.slice(0, components.length) : []).entries())
    if (isObject(component)) checkExtensions(d, component, [...at, 'components', i]);
  if (spec['parameters'] !== undefined)
    parametersAt(d, spec['parameters'], new Set(components), ['spec', 'parameters']);
  const requirement = {
    ...typed(type),
    ...requirementAt(d, { deviceConstraints: profile['deviceConstraints'] }, at),
  };
  return {
    id,
    name,
    version: '',
    ...(target === undefined ? {} : { target }),
    profiles: [{ id: type ?? '', requirement, components }],
  };
}
