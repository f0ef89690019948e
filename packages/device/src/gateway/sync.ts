/** Keeps what a WFM knows of a gateway's children the same as the inventory. */
import { type Capabilities, capabilitiesFromJson, capabilitiesToJson } from '@muster/protocol';
import { type Binding, saveBinding } from '../binding/binding.ts';
import { digestOf } from '../capabilities/digest.ts';
import { discoverCapabilities } from '../capabilities/discover.ts';
import { removeDevice } from '../capabilities/remove.ts';
import { isUnknownClient, refusal, type ReportOptions, sendOnRung } from '../capabilities/report.ts';
import { DeviceError } from '../errors.ts';
import { type Child, type InventoryProblem, readInventory } from './inventory.ts';
import { opaqueGateway } from './opaque.ts';
import { plan } from './plan.ts';
import { type ChildStatus, childrenOf, type KnownChild, loadReported, saveReported } from './reported.ts';

/** What this device offers: itself, and as a gateway what is behind it. */
export interface Offer {
  readonly capabilities: Capabilities;
  /** Itself with all behind it, for a WFM without gateways. */
  readonly opaque: Capabilities | undefined;
  readonly children: ReadonlyMap<string, Child> | undefined;
  readonly problems: readonly InventoryProblem[];
}

/**
 * Looks at what there is to report. A child whose file is not good now counts with its last good state.
 * @throws DeviceError `usage` when the gateway's own part or the whole inventory cannot be used
 */
export async function lookAtOffer(o: {
  stateDirectory: string;
  binding: Binding;
  capabilitiesFile?: string | undefined;
  inventory?: string | undefined;
}): Promise<Offer> {
  const { deviceId } = o.binding;
  if (o.inventory === undefined) {
    const capabilities = await discoverCapabilities({ ...o, deviceId });
    return { capabilities, opaque: undefined, children: undefined, problems: [] };
  }
  const { gateway, children: good, problems } = await readInventory(o.inventory, deviceId);
  const capabilities = await discoverCapabilities({ ...o, deviceId, overrides: gateway });
  const children = new Map(good);
  const kept = await loadReported(o.stateDirectory, o.binding);
  for (const [id, { source, document }] of Object.entries(kept.children)) {
    const isTroubled = problems.some((p) => p.source === source || p.deviceId === id);
    if (isTroubled && !children.has(id))
      children.set(id, { source, capabilities: capabilitiesFromJson(document) });
  }
  const behind = [...children.values()].map((c) => c.capabilities);
  return { capabilities, opaque: opaqueGateway(capabilities, behind), children, problems };
}

/** What the WFM is to get for the device itself, as far as its profile is known. */
export function offeredAs({ capabilities, opaque }: Offer, binding: Binding): Capabilities {
  const hasGateways = (binding.learned?.profile ?? binding.profile) !== 'rc.1';
  return hasGateways ? capabilities : (opaque ?? capabilities);
}

type Known = Record<string, KnownChild>;

/** Reports one child; one that finds no gateway is sent again after the gateway. @returns why it was refused, or null */
async function reportChild(
  o: ReportOptions,
  gateway: Capabilities,
): Promise<{ binding: ReportOptions['binding']; seen: string | null; status: number }> {
  const { learned } = o.binding;
  if (learned === null)
    throw new DeviceError('protocol', 'No shape is known for this WFM.', { nextStep: 'Report again.' });
  let { binding, answer } = await sendOnRung(o, learned);
  if (answer.status === 404 && !isUnknownClient(answer)) {
    ({ binding } = await sendOnRung({ ...o, binding, capabilities: gateway }, learned));
    ({ binding, answer } = await sendOnRung({ ...o, binding }, learned));
  }
  const { status } = answer;
  if (status === 200 || status === 201 || status === 204) return { binding, seen: null, status };
  if (isUnknownClient(answer))
    throw new DeviceError('protocol', 'The WFM does not know this client any more.', {
      seen: '404 for the clientId',
      nextStep: 'Report the gateway again; that onboards it anew.',
    });
  const error = refusal(answer);
  if (error.code !== 'refused' || status === 401 || status === 403) throw error;
  return { binding, seen: error.seen ?? error.message, status };
}

/**
 * Deletes and reports what differs, one after the other: continuity proofs go from answer to request. A child that is
 * refused does not hold up the others; a WFM that cannot be reached ends it, and the next call goes on.
 * @param o.isWhole report all children, not the differences only
 * @returns the binding with what it learned, and how each child stands
 * @throws DeviceError as reports do
 */
export async function syncChildren(
  o: Omit<ReportOptions, 'capabilities' | 'opaque'> & {
    stateDirectory: string;
    offer: Offer;
    isWhole?: boolean | undefined;
  },
): Promise<{ binding: ReportOptions['binding']; children: ChildStatus[] }> {
  const { stateDirectory, offer } = o;
  const { children: wanted, problems } = offer;
  if (wanted === undefined) return { binding: o.binding, children: [] };
  let { binding } = o;
  const before = await loadReported(stateDirectory, binding);
  const known: Known = { ...before.children };
  const digests = new Map([...wanted].map(([id, child]) => [id, digestOf(child.capabilities)]));
  const steps = plan(digests, new Map(Object.entries(known)), o.isWhole);
  const save = (): Promise<void> =>
    saveReported(stateDirectory, binding, { clientId: binding.clientId, children: known, problems });
  const at = new Date(o.now()).toISOString();
  const note = (id: string, child: Child, what: Pick<KnownChild, 'digest' | 'refused' | 'seen'>): void => {
    known[id] = { ...what, at, source: child.source, document: capabilitiesToJson(child.capabilities) };
  };
  if (binding.learned?.profile === 'rc.1') {
    // They went with the gateway, as one device.
    for (const id of Object.keys(known)) if (!wanted.has(id)) delete known[id];
    for (const [id, child] of wanted)
      note(id, child, { digest: digests.get(id) ?? null, refused: null, seen: null });
  } else {
    // Written before it is done: what a cut leaves half done is deleted or reported again.
    for (const step of steps) {
      const child = wanted.get(step.deviceId);
      if (step.do === 'report' && child !== undefined)
        note(step.deviceId, child, { digest: null, refused: null, seen: null });
    }
    if (steps.length > 0) await save();
    try {
      for (const { do: what, deviceId } of steps) {
        const child = wanted.get(deviceId);
        if (what === 'delete' || child === undefined) {
          const status = await removeDevice({ ...o, binding, deviceId });
          if (status === 403)
            throw new DeviceError('refused', `The WFM did not let ${deviceId} be deleted.`, {
              seen: 'status 403',
              expected: '204',
              nextStep: 'Ask the operator of the WFM about this client.',
            });
          delete known[deviceId];
          o.onEvent({ event: 'removed', deviceId, status });
          continue;
        }
        const { continuity } = binding;
        const sent = await reportChild(
          { ...o, binding, capabilities: child.capabilities },
          offer.capabilities,
        );
        ({ binding } = sent);
        // A proof that was used and lost looks like a cloned key.
        if (binding.continuity !== continuity) await saveBinding(stateDirectory, binding);
        const digest = digests.get(deviceId) ?? null;
        const { seen, status } = sent;
        note(
          deviceId,
          child,
          seen === null ? { digest, refused: null, seen } : { digest: null, refused: digest, seen },
        );
        const profile = binding.learned?.profile ?? '';
        if (seen === null) o.onEvent({ event: 'reported', deviceId, profile, status });
        else o.onEvent({ event: 'child-refused', deviceId, seen });
      }
    } finally {
      if (steps.length > 0) await save();
    }
  }
  const isSame = JSON.stringify(problems) === JSON.stringify(before.problems);
  if (!isSame || binding.learned?.profile === 'rc.1') await save();
  return { binding, children: childrenOf({ clientId: binding.clientId, children: known, problems }) };
}

/** One sentence about the children that are not as their owner wants them, or nothing. */
export function troubleOf(children: readonly ChildStatus[]): string | undefined {
  const bad = children.filter((c) => c.state !== 'reported');
  if (bad.length === 0) return undefined;
  const named = bad.slice(0, 5).map((c) => `${c.deviceId ?? c.source} (${c.state}: ${c.seen ?? ''})`);
  return `${bad.length} of ${children.length} children are not as they should be: ${named.join('; ')}`.slice(
    0,
    500,
  );
}
