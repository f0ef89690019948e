/** The components of a deployment profile, alike in descriptions and deployments. */
import { isObject } from '../json.ts';
import type { LocatedDocument, Path } from './document.ts';
import { choiceAt, type Json, listAt, objectAt, optionalText, textAt } from './fields.ts';
import { deploymentTypes } from './model.ts';

const componentName = /^[a-z0-9][a-z0-9-]{0,199}$/;
const ociRepository = /^oci:\/\/.+$/;
/** SemVer 2.0.0 without v, with `_` before build metadata: a tag of a registry may not hold a `+`. */
const ociRevision =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?(?:_[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const longestRevision = 128;

/**
 * Where components may come from. `packages`: rc.1, rc.2-A and rc.2-B, a Helm repository or the location of a Compose
 * package. `oci`: rc.2-C and rc.3, an OCI repository and a SemVer revision for both types. `either`: the document does
 * not tell which of them it is, so each component is held to the one that it looks like.
 */
export type Sources = 'packages' | 'oci' | 'either';

function checkOci(d: LocatedDocument, properties: Json, at: Path, required: boolean): void {
  const { repository, revision } = properties;
  if (repository === undefined) d.problem([...at, 'repository'], 'is required');
  else if (typeof repository === 'string' && repository !== '' && !ociRepository.test(repository))
    d.problem([...at, 'repository'], 'must begin with oci:// and name a repository');
  if (revision === undefined) {
    if (required) d.problem([...at, 'revision'], 'is required');
  } else if (
    typeof revision === 'string' &&
    revision !== '' &&
    (revision.length > longestRevision || !ociRevision.test(revision))
  )
    d.problem(
      [...at, 'revision'],
      'must be a version such as 2.0.1 or 2.0.1_build.5: SemVer without v, and _ where SemVer has +',
    );
}

function checkSource(
  d: LocatedDocument,
  type: string | undefined,
  properties: Json,
  at: Path,
  sources: Sources,
): void {
  const { repository, packageLocation } = properties;
  if (sources === 'oci') return checkOci(d, properties, at, true);
  if (type === 'helm') {
    if (repository === undefined) d.problem([...at, 'repository'], 'is required with helm');
    else if (sources === 'either' && typeof repository === 'string' && repository.startsWith('oci:'))
      checkOci(d, properties, at, false);
    return;
  }
  if (packageLocation !== undefined) return;
  if (sources === 'packages') d.problem([...at, 'packageLocation'], 'is required with compose');
  else if (repository === undefined) d.problem(at, 'must have a repository or a packageLocation');
  else checkOci(d, properties, at, true);
}

function componentAt(
  d: LocatedDocument,
  given: unknown,
  path: Path,
  type: string | undefined,
  sources: Sources,
): string {
  const component = objectAt(d, given, path);
  const name = textAt(d, component, 'name', path, componentName);
  const at = [...path, 'properties'];
  const properties = objectAt(d, component['properties'], at);
  optionalText(d, properties, 'repository', at);
  optionalText(d, properties, 'revision', at);
  for (const key of ['packageLocation', 'keyLocation']) {
    const location = optionalText(d, properties, key, at);
    if (location !== undefined && location !== '' && !URL.canParse(location))
      d.problem([...at, key], 'must be a URL');
  }
  const { wait, timeout } = properties;
  // The published samples write the boolean as a text.
  if (wait !== undefined && typeof wait !== 'boolean' && wait !== 'true' && wait !== 'false')
    d.problem([...at, 'wait'], 'must be true or false');
  if (timeout !== undefined && (typeof timeout !== 'string' || !/^\d+m\d+s$/.test(timeout)))
    d.problem([...at, 'timeout'], 'must be minutes and seconds such as 8m30s');
  if (isObject(component['properties'])) checkSource(d, type, properties, at, sources);
  return name;
}

/** The names of the components of a profile; each must be there once only. */
export function componentsAt(
  d: LocatedDocument,
  profile: Json,
  path: Path,
  type: string | undefined,
  sources: Sources,
): string[] {
  const names = listAt(d, profile, 'components', path, { required: true, notEmpty: true }).map((one, i) =>
    componentAt(d, one, [...path, 'components', i], type, sources),
  );
  names.forEach((name, i) => {
    if (name !== '' && names.indexOf(name) !== i)
      d.problem([...path, 'components', i, 'name'], 'must be the name of one component only');
  });
  return names;
}

/** The type of a profile; rc.1 says `helm.v3` for helm. */
export function typeAt(
  d: LocatedDocument,
  profile: Json,
  path: Path,
): (typeof deploymentTypes)[number] | undefined {
  const given = profile['type'] === 'helm.v3' ? 'helm' : profile['type'];
  return choiceAt(d, given, deploymentTypes, [...path, 'type']);
}

/** Helm and compose workloads are containers: they run where the runtime is `oci`. */
export function typed(type: string | undefined): { deploymentType?: string; runtime?: string } {
  if (type === undefined) return {};
  return { deploymentType: type, runtime: type === 'custom' ? 'custom' : 'oci' };
}
