/** The components of a deployment profile, alike in descriptions and deployments. */
import { isObject } from '../json.ts';
import type { LocatedDocument, Path } from './document.ts';
import { type Json, listAt, objectAt, optionalText, textAt } from './fields.ts';

const componentName = /^[a-z0-9][a-z0-9-]{0,199}$/;

function componentAt(d: LocatedDocument, given: unknown, path: Path): string {
  const component = objectAt(d, given, path);
  const name = textAt(d, component, 'name', path, componentName);
  const at = [...path, 'properties'];
  const properties = objectAt(d, component['properties'], at);
  for (const key of ['repository', 'revision', 'packageLocation', 'keyLocation'])
    optionalText(d, properties, key, at);
  const { wait, timeout } = properties;
  // The published samples write the boolean as a text.
  if (wait !== undefined && typeof wait !== 'boolean' && wait !== 'true' && wait !== 'false')
    d.problem([...at, 'wait'], 'must be true or false');
  if (timeout !== undefined && (typeof timeout !== 'string' || !/^\d+m\d+s$/.test(timeout)))
    d.problem([...at, 'timeout'], 'must be minutes and seconds such as 8m30s');
  if (
    isObject(component['properties']) &&
    properties['repository'] === undefined &&
    properties['packageLocation'] === undefined
  )
    d.problem(at, 'must have a repository or a packageLocation');
  return name;
}

/** The names of the components of a profile; each must be there once only. */
export function componentsAt(d: LocatedDocument, profile: Json, path: Path): string[] {
  const names = listAt(d, profile, 'components', path, { required: true, notEmpty: true }).map((one, i) =>
    componentAt(d, one, [...path, 'components', i]),
  );
  names.forEach((name, i) => {
    if (name !== '' && names.indexOf(name) !== i)
      d.problem([...path, 'components', i, 'name'], 'must be the name of one component only');
  });
  return names;
}

/** Helm and compose workloads are containers: they run where the runtime is `oci`. */
export function typed(type: string | undefined): { deploymentType?: string; runtime?: string } {
  if (type === undefined) return {};
  return { deploymentType: type, runtime: type === 'custom' ? 'custom' : 'oci' };
}
