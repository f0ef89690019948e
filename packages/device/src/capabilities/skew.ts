/** How far this device's clock is off, told to a WFM that understands it. */
import type { Capabilities } from '@muster/protocol';
import type { Binding } from '../binding/binding.ts';

const vendor = 'x-muster-extensions';

/**
 * Adds `x-muster-extensions: {clock: {skewSeconds}}` when the clock is noticeably off and the WFM is a Muster one. What is
 * positive is the device's being ahead.
 */
export function withSkew(capabilities: Capabilities, binding: Binding): Capabilities {
  if (binding.offsetSeconds === 0 || binding.continuity === null) return capabilities;
  const clock = { skewSeconds: -binding.offsetSeconds };
  const { extensions } = capabilities;
  return { ...capabilities, extensions: { ...extensions, [vendor]: { ...extensions[vendor], clock } } };
}
