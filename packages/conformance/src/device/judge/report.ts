/** A capability report: its route, its shape, and what it says. */
import {
  capabilitiesApiVersion,
  isObject,
  parseCapabilities,
  type ParsedCapabilities,
  parseJson,
  ProtocolError,
  type WireProfile,
} from '@muster/protocol';
import { bad, type Finding, found, good } from '../checks.ts';
import type { Received, Route } from '../received.ts';

/** The methods of each shape on its route. */
const methodsOf: Readonly<Record<WireProfile, readonly string[]>> = {
  'rc.1': ['POST', 'PUT'],
  'rc.2a': ['POST', 'PUT'],
  'rc.2b': ['POST', 'PUT'],
  'rc.2c': ['PUT'],
};

function problemsOf(error: ProtocolError): string {
  return error.problems.map(({ field, message }) => `${field} ${message}`.trim()).join('; ');
}

/** Judges what a report says, and whether it belongs where it was sent. DELETE says nothing. */
export function judgeReport({ method, url, body }: Received, { deviceId }: Route): Finding[] {
  if (method === 'DELETE') return [];
  const route = deviceId === undefined ? 'client' : 'device';
  let document: unknown;
  let parsed: ParsedCapabilities;
  try {
    document = parseJson(body);
    // The standard leaves apiVersion open: another one is remarked upon below, and does not hide the rest.
    const read = isObject(document) && typeof document['apiVersion'] === 'string';
    const known = read ? { ...(document as object), apiVersion: capabilitiesApiVersion } : document;
    parsed = parseCapabilities(known, { route });
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return [bad('reportDocument', problemsOf(error) || error.message)];
  }
  const { capabilities, profile, warnings } = parsed;
  const said = isObject(document) ? String(document['apiVersion']) : '';
  const remarks = [
    ...(said === capabilitiesApiVersion ? [] : [`apiVersion: ${said}`]),
    // That a shape is on the route of another is a check of its own.
    ...warnings.filter((warning) => !warning.startsWith('properties: has the shape of')),
  ];
  const belongs = (profile === 'rc.1') === (route === 'client') && methodsOf[profile].includes(method);
  return [
    good('reportDocument', profile),
    found('reportRoute', belongs, `${method} ${url} with the shape of ${profile}`),
    found('reportSpelling', remarks.length === 0, remarks.join('; ') || 'canonical'),
    ...(deviceId === undefined
      ? []
      : [
          found(
            'reportDeviceId',
            capabilities.deviceId === deviceId,
            capabilities.deviceId === deviceId
              ? deviceId
              : `${capabilities.deviceId} in the body, ${deviceId} in the path`,
          ),
        ]),
  ];
}
