/** State files that know when they are damaged: the text and its checksum, replaced whole. */
import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { FileTooLargeError, makeDirectory, readBoundedFile, writeFileAtomic } from '@muster/pki';
import { isObject } from '@muster/protocol';
import { DeviceError } from '../errors.ts';

/** The largest tells of a thousand children. */
const maximumSealed = 67_108_864;

/** Names a state file that is not what was written. */
export function damaged(
  path: string,
  why: string,
  nextStep = 'Restore it, or join again; the same key gets the same clientId.',
): DeviceError {
  return new DeviceError('state', `The state file ${path} is damaged: ${why}.`, {
    seen: why,
    expected: 'the file as it was written',
    nextStep,
  });
}

/** Writes a value under a name, with its checksum; durable when it resolves. */
export async function writeSealed(path: string, name: string, value: unknown): Promise<void> {
  await makeDirectory(dirname(path));
  const text = JSON.stringify(value, null, 2);
  const checksum = createHash('sha256').update(text).digest('hex');
  await writeFileAtomic(path, JSON.stringify({ checksum, [name]: text }), 0o600);
}

/**
 * Reads back what {@link writeSealed} wrote; the checksum vouches for its shape.
 * @param nextStep what helps when it is damaged, where joining again does not
 * @returns null when there is no such file
 * @throws DeviceError `state` when it is damaged
 */
export async function readSealed(path: string, name: string, nextStep?: string): Promise<unknown> {
  let raw: string;
  try {
    raw = (await readBoundedFile(path, maximumSealed)).toString('utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    if (error instanceof FileTooLargeError) throw damaged(path, error.message, nextStep);
    throw error;
  }
  let outer: unknown;
  try {
    outer = JSON.parse(raw);
  } catch {
    throw damaged(path, 'it is no JSON', nextStep);
  }
  const text = isObject(outer) ? outer[name] : undefined;
  if (!isObject(outer) || typeof text !== 'string')
    throw damaged(path, 'it has not the right form', nextStep);
  if (createHash('sha256').update(text).digest('hex') !== outer['checksum'])
    throw damaged(path, 'its checksum does not fit', nextStep);
  return JSON.parse(text);
}
