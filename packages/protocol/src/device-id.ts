import { ProtocolError } from './errors.ts';

/**
 * Splits a device id into its segments: a gateway first, then what is behind it.
 * @throws ProtocolError `semantic`
 */
export function parseDeviceId(text: string): string[] {
  const refuse = (message: string): ProtocolError =>
    new ProtocolError(
      'semantic',
      `This is no device id: ${message}.`,
      [{ field: 'properties.id', message }],
      'Use segments of A-Z a-z 0-9 . _ ~ - joined by a slash.',
    );
  if (text.length === 0 || text.length > 512) throw refuse('must have 1 to 512 characters');
  const segments = text.split('/');
  if (segments.length > 16) throw refuse('must have at most 16 segments');
  for (const segment of segments) {
    if (!/^[A-Za-z0-9._~-]+$/.test(segment))
      throw refuse('must be segments of A-Z a-z 0-9 . _ ~ - joined by /');
    // Legal by the pattern, but HTTP stacks normalise them away, so they would name another device.
    if (segment === '.' || segment === '..') throw refuse('must not have . or .. as a segment');
  }
  return segments;
}
