/** A rotation of the WFM's root CA: the new one is taken over the channel that the old one vouches for. */
import type { Binding } from '../binding/binding.ts';
import type { DeviceClock } from '../clock/clock.ts';
import type { Answer } from '../http/answer.ts';
import { rootsField, shortPins } from '../http/signed.ts';
import { fetchRoots } from './reach.ts';

/**
 * Takes up the root CAs that a WFM serves now, when an answer says that they are others than those of the binding.
 * Only a channel that was validated by the present ones is asked, so whoever stands in between can offer nothing.
 * @returns the binding, changed or not; a failure changes nothing and is tried again with the next answer
 */
export async function refreshRoots<B extends Binding>(
  binding: B,
  answer: Answer,
  signal: AbortSignal | undefined,
  clock?: DeviceClock,
): Promise<B> {
  const served = answer.headers[rootsField];
  if (binding.anchors.kind !== 'ca' || served === undefined) return binding;
  const wanted = served.split(',').sort().join();
  if (wanted === shortPins(binding.anchors.pem).sort().join()) return binding;
  const roots = await fetchRoots(binding.wfm, binding.anchors, signal, clock).catch(() => []);
  const first = roots[0];
  if (
    first === undefined ||
    shortPins(roots.map((r) => r.pem))
      .sort()
      .join() !== wanted
  )
    return binding;
  return {
    ...binding,
    anchors: { ...binding.anchors, pem: roots.map((r) => r.pem) },
    caPin: `sha256:${first.sha256}`,
  };
}
