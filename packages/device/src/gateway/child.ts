/** One child of a gateway as its owner writes it: a capability document, or its plain properties. */
import {
  type Capabilities,
  capabilitiesApiVersion,
  isObject,
  parseCapabilities,
  parseDeviceId,
  ProtocolError,
} from '@muster/protocol';
import { overridable } from '../capabilities/discover.ts';

/** Thrown with a sentence that names what is wrong; it stays inside this room. */
export class ChildError extends Error {
  override readonly name = 'ChildError';
}

/**
 * The whole id of a child.
 * @param name its path below the gateway; the gateway's own id in front is accepted
 * @throws ChildError
 */
export function childId(gateway: string, name: string): string {
  const id = name.startsWith(`${gateway}/`) ? name : `${gateway}/${name}`;
  try {
    parseDeviceId(id);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ChildError(error.message);
  }
  return id;
}

/**
 * Reads one child.
 * @param name its path below the gateway, when the document does not give an id
 * @throws ChildError naming every wrong field
 */
export function readChild(gateway: string, name: string, value: unknown): Capabilities {
  if (!isObject(value)) throw new ChildError('It is no mapping.');
  const isDocument = isObject(value['properties']);
  const root: Record<string, unknown> = isDocument ? { ...value } : {};
  const properties: Record<string, unknown> = isObject(value['properties']) ? { ...value['properties'] } : {};
  if (!isDocument) {
    const unknown: string[] = [];
    for (const [key, given] of Object.entries(value)) {
      if (key.startsWith('x-')) root[key] = given;
      else if (key === 'id' || overridable.includes(key)) properties[key] = given;
      else unknown.push(key);
    }
    if (unknown.length > 0) throw new ChildError(`Not known: ${unknown.join(', ')}.`);
  }
  const given = properties['id'];
  properties['id'] = childId(gateway, typeof given === 'string' ? given : name);
  const document = {
    apiVersion: capabilitiesApiVersion,
    kind: 'DeviceCapabilitiesManifest',
    ...root,
    properties,
  };
  try {
    return parseCapabilities(document, { route: 'device' }).capabilities;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ChildError(error.problems.map((p) => `${p.field} ${p.message}`).join('; '));
  }
}
