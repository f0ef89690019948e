/** Reading every published capability shape into the one model, with all problems at once. */
import { ProtocolError } from '../errors.ts';
import { parseDeviceId } from '../device-id.ts';
import { isObject } from '../json.ts';
import { Findings, type Json } from './findings.ts';
import { claims, flatEra } from './flat.ts';
import type { Capabilities, ParsedCapabilities, WireProfile } from './model.ts';
import { rolesEra } from './roles.ts';

export const capabilitiesApiVersion = 'device.margo.org/v1alpha1';

const extensionPattern = /^x-[a-z][a-z0-9-]*-extensions$/;

function extensionsOf(root: Json, rolesShape: boolean, f: Findings): Record<string, object> {
  const extensions: Record<string, object> = {};
  for (const [key, value] of Object.entries(root)) {
    if (key === 'apiVersion' || key === 'kind' || key === 'properties') continue;
    if (key.startsWith('x-')) {
      if (!extensionPattern.test(key))
        f.problem(key, 'an extension is named x-<name>-extensions in lower case');
      else if (!isObject(value)) f.unlike(key, 'must be an object', value);
      else extensions[key] = value;
    } else if (!rolesShape)
      f.problem(key, 'is not known here; apiVersion, kind, properties and x-<name>-extensions are');
  }
  return extensions;
}

function profileOf(properties: Json, route: 'client' | 'device'): WireProfile {
  // Beside what only a flat document has, roles are an unknown field and take nothing away from it.
  const flat = claims.some((key) => properties[key] !== undefined);
  if (properties['resources'] !== undefined || (properties['roles'] !== undefined && !flat)) {
    const resources = properties['resources'];
    const array = isObject(resources) && Array.isArray(resources['cpu']);
    return array || (route === 'device' && !isObject(resources)) ? 'rc.2a' : 'rc.1';
  }
  if (properties['cpu'] !== undefined) return 'rc.2b';
  return 'rc.2c';
}

/**
 * Reads a capability document of any published shape.
 * @param o.route which route it came on; `device` routes carry the id in the path, and it must be the same
 * @param o.strict refuse what is otherwise accepted with a warning (aliases, letter case, odd combinations)
 * @throws ProtocolError `semantic` with every problem
 */
export function parseCapabilities(
  value: unknown,
  o: { route: 'client' | 'device'; deviceId?: string; strict?: boolean },
): ParsedCapabilities {
  const f = new Findings(o.strict ?? false);
  const root = isObject(value) ? value : {};
  if (!isObject(value)) f.unlike('', 'must be an object', value);
  if (root['apiVersion'] !== capabilitiesApiVersion)
    f.unlike('apiVersion', `must be ${capabilitiesApiVersion}`, root['apiVersion']);
  if (root['kind'] !== 'DeviceCapabilitiesManifest')
    f.unlike('kind', 'must be DeviceCapabilitiesManifest', root['kind']);
  const given = root['properties'];
  const properties = isObject(given) ? given : {};
  if (!isObject(given)) f.unlike('properties', 'must be an object', given);
  const profile = profileOf(properties, o.route);
  const rolesShape = profile === 'rc.1' || profile === 'rc.2a';
  if (rolesShape === (o.route === 'device') && profile !== 'rc.2a') {
    f.tolerate('properties', `has the shape of ${profile} on the route of another`);
  }
  const extensions = extensionsOf(root, profile === 'rc.1' && o.route === 'client', f);
  const deviceId = f.text(properties, 'id', 'properties');
  if (deviceId !== '' || properties['id'] === '') {
    try {
      parseDeviceId(deviceId);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      for (const problem of error.problems) f.problem(problem.field, problem.message);
    }
  }
  if (o.deviceId !== undefined && properties['id'] !== undefined && deviceId !== o.deviceId) {
    f.unlike('properties.id', `must equal the id in the path, ${o.deviceId}`, deviceId);
  }
  const identity = {
    deviceId,
    vendor: f.text(properties, 'vendor', 'properties'),
    modelNumber: f.text(properties, 'modelNumber', 'properties'),
    serialNumber: f.text(properties, 'serialNumber', 'properties'),
  };
  const { roles, hosting } = rolesShape
    ? rolesEra(properties, f)
    : { roles: undefined, hosting: flatEra(properties, f) };
  if (f.problems.length > 0) {
    throw new ProtocolError(
      'semantic',
      'The capability document is wrong.',
      f.problems,
      'Correct the named fields.',
    );
  }
  const capabilities: Capabilities = {
    ...identity,
    ...(hosting === undefined ? {} : { hosting }),
    ...(roles === undefined ? {} : { roles }),
    extensions,
  };
  return { capabilities, profile, warnings: f.warnings };
}
