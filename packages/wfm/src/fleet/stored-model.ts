import { type Capabilities, capabilitiesFromJson } from '@muster/protocol';

/** The capability model out of its stored text. */
export function modelOf(stored: string): Capabilities {
  return capabilitiesFromJson(JSON.parse(stored));
}
