/** The continuity proof on the wire: read from a request, taken on, and answered. */
import type { Principal } from '../authenticate/context.ts';
import type { ProvenApplicant } from '../authenticate/applicant.ts';
import { continueHistory, readProof, writeProof } from '../fleet/continuity.ts';
import { HttpProblem } from '../http/problem.ts';
import type { DeviceApi } from './context.ts';

async function alarm(api: DeviceApi, clientId: string): Promise<never> {
  const why = 'a proof came back that was given to somebody else';
  await api.store.clients.raiseCloneAlarm(clientId, why, api.now());
  api.log.warn({ clientId }, 'cloned key suspected; the client is blocked');
  throw new HttpProblem('client-blocked', {
    detail: `This key seems to be in two places: ${why}. An operator has to decide.`,
  });
}

/**
 * Takes the history of a known client on.
 * @param field what the client sent; clients that send nothing are left in peace
 * @returns the proof to answer with, or null when there is none to give
 * @throws HttpProblem `client-blocked` when the key has two histories
 */
export async function checkContinuity(
  api: DeviceApi,
  principal: Principal,
  field: string | string[] | undefined,
): Promise<string | null> {
  const { clientId, spkiSha256, once, history, historyAt } = principal;
  const proof = typeof field === 'string' ? readProof(api.continuityKey, spkiSha256, field) : null;
  if (proof === null || proof.clientId !== clientId)
    return writeProof(api.continuityKey, spkiSha256, { clientId, number: history.latest });
  const isDue = api.now() - historyAt >= api.continuitySeconds * 1000;
  const next = continueHistory(history, proof.number, isDue);
  if (next.verdict === 'two-histories') {
    // A request that was recorded brings its old proof again, and must not look like a second history.
    await once.now();
    return alarm(api, clientId);
  }
  const { latest, confirmed } = next.history;
  if (latest !== history.latest || confirmed !== history.confirmed) {
    await once.now();
    // Somebody else was faster: this client keeps what it has, and brings it again.
    if (!(await api.store.clients.setHistory(clientId, history, next.history, api.now()))) return null;
    if (next.verdict === 'wfm-was-restored')
      api.log.warn({ clientId }, 'the client remembers more than this WFM, as after a restore from a backup');
  }
  return writeProof(api.continuityKey, spkiSha256, { clientId, number: latest });
}

/**
 * The proof that goes with an onboarding: a client that comes back without its own, or with another key, begins a new
 * line, and whoever still goes on with the old one is noticed.
 */
export async function nextProof(
  api: DeviceApi,
  clientId: string,
  proven: ProvenApplicant,
  isNew: boolean,
): Promise<string> {
  const { spkiSha256 } = proven.leaf;
  const write = (number: number): string => writeProof(api.continuityKey, spkiSha256, { clientId, number });
  const brought = readProof(api.continuityKey, spkiSha256, proven.continuity);
  if (brought !== null && brought.clientId === clientId) return write(brought.number);
  if (isNew) return write(0);
  const client = await api.store.clients.byId(clientId);
  const history = { latest: client?.history ?? 0, confirmed: client?.historyConfirmed ?? 0 };
  const next = { latest: history.latest + 1, confirmed: history.confirmed };
  await api.store.clients.setHistory(clientId, history, next, api.now());
  return write(next.latest);
}
