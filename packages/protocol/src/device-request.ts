/** What a device's request file states: who wants to be let in, carried to the WFM by hand. */
import { parseDeviceId } from './device-id.ts';
import { type FieldProblem, ProtocolError } from './errors.ts';

export interface DeviceRequest {
  readonly kind: 'device-request';
  readonly deviceId: string;
  /** `sha256:<hex>` of the key's SubjectPublicKeyInfo. */
  readonly keyFingerprint: string;
  /** PEM, the device's own first. */
  readonly certificates: readonly string[];
  readonly madeAt: string;
}

/**
 * Checks the shape of a device's request.
 * @throws ProtocolError `invalid-request` with every problem, `semantic` for the device id
 */
export function parseDeviceRequest(value: Readonly<Record<string, unknown>>): DeviceRequest {
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
  return { kind: 'device-request', deviceId, keyFingerprint, certificates: list as string[], madeAt };
}
