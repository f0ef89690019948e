/** What a device's request file states: who wants to be let in, carried to the WFM by hand. */
import type { Capabilities } from './capabilities/model.ts';
import { parseCapabilities } from './capabilities/parse.ts';
import { parseDeviceId } from './device-id.ts';
import { type FieldProblem, ProtocolError } from './errors.ts';

/** What is written into the file; `capabilities` is an extension of ours, and may be absent. */
export interface DeviceRequest {
  readonly kind: 'device-request';
  readonly deviceId: string;
  /** `sha256:<hex>` of the key's SubjectPublicKeyInfo. */
  readonly keyFingerprint: string;
  /** PEM, the device's own first. */
  readonly certificates: readonly string[];
  readonly madeAt: string;
  /** A capability document, as it would be reported. */
  readonly capabilities?: object;
}

/** What was read out of one. */
interface ReadDeviceRequest extends Omit<DeviceRequest, 'capabilities'> {
  readonly capabilities: Capabilities | null;
}

/** What the device offers, of nobody but itself. @throws ProtocolError */
function offerOf(value: unknown, deviceId: string): Capabilities | null {
  if (value === undefined) return null;
  try {
    return parseCapabilities(value, { route: 'device', deviceId }).capabilities;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const problems = error.problems.map((p) => ({ ...p, field: `capabilities.${p.field}` }));
    throw new ProtocolError(error.code, error.message, problems, error.nextStep);
  }
}

/**
 * Checks the shape of a device's request.
 * @throws ProtocolError `invalid-request` with every problem, `semantic` for the device id
 */
export function parseDeviceRequest(value: Readonly<Record<string, unknown>>): ReadDeviceRequest {
  const problems: FieldProblem[] = [];
  const text = (field: string, pattern: RegExp, message: string): string => {
    const found = value[field];
    if (typeof found === 'string' && pattern.test(found)) return found;
    problems.push({ field, message });
    return '';
  };
  const deviceId = text('deviceId', /^.{1,512}$/, 'must be a device id');
  const keyFingerprint = text('keyFingerprint', /^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hex digits');
  const madeAt = text('madeAt', /^[0-9TZ:.+-]{10,40}$/, 'must be a time');
  const list = value['certificates'];
  const isList =
    Array.isArray(list) &&
    list.length >= 1 &&
    list.length <= 8 &&
    list.every((pem) => typeof pem === 'string' && pem.length <= 65_536);
  if (!isList) problems.push({ field: 'certificates', message: 'must be a list of 1 to 8 certificates' });
  if (problems.length > 0)
    throw new ProtocolError(
      'invalid-request',
      'This is no request of a device.',
      problems,
      'Make it again on the device: muster device request --out FILE',
    );
  parseDeviceId(deviceId);
  return {
    kind: 'device-request',
    deviceId,
    keyFingerprint,
    certificates: list as string[],
    madeAt,
    capabilities: offerOf(value['capabilities'], deviceId),
  };
}
