/** One short value for what a device offers. */
import { createHash } from 'node:crypto';
import { type Capabilities, capabilitiesToJson } from '@muster/protocol';

/** Hex SHA-256; the same for the same offer. */
export function digestOf(capabilities: Capabilities): string {
  return createHash('sha256')
    .update(JSON.stringify(capabilitiesToJson(capabilities)))
    .digest('hex');
}
