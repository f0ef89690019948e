/** How the device's key is kept, as an extension of what it reports: its own word. */
import type { Signer } from '@muster/pki';
import type { Capabilities, WireProfile } from '@muster/protocol';
import type { Binding } from '../binding/binding.ts';

const vendor = 'x-muster-extensions';

/** Adds `x-muster-extensions: {key: {protection, token}}` for a Muster WFM; rc.1 has no place for it. */
export function withKey(
  capabilities: Capabilities,
  o: { binding: Binding; signer: Signer; profile: WireProfile },
): Capabilities {
  if (o.binding.continuity === null || o.profile === 'rc.1') return capabilities;
  const { protection, token } = o.signer;
  const key = {
    protection,
    ...(token === undefined ? {} : { token: { manufacturer: token.manufacturer, model: token.model } }),
  };
  const { extensions } = capabilities;
  return { ...capabilities, extensions: { ...extensions, [vendor]: { ...extensions[vendor], key } } };
}
