/** Ids as operators have them at hand: the id itself, or the beginning of a certificate or key fingerprint. */
import { HttpProblem } from '../http/problem.ts';
import type { ClientRecord, EnrollmentRecord, Page } from '../store/ports.ts';
import { conflict } from './conflict.ts';
import type { OperatorApi } from './context.ts';
import { fingerprintHex } from './views.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-/i;

/** What is said of an id that no client has. */
export const noClientText = (id: string): string =>
  `There is no client ${id.slice(0, 80)}. List them: muster clients list`;

/** What is said of an id that no request has. */
export const noEnrollmentText = (id: string): string =>
  `There is no request ${id.slice(0, 80)}. List them: muster clients list`;

/** The refusal of a device id that the client has not reported. */
export const noSuchDevice = (clientId: string): HttpProblem =>
  new HttpProblem('not-found', {
    detail: `This client has reported no such device. List them: muster devices list --client ${clientId}`,
  });

async function byFingerprint<T>(
  id: string,
  list: (fingerprintPrefix: string) => Promise<Page<T>>,
): Promise<T | null> {
  const prefix = fingerprintHex(id);
  if (uuid.test(id) || !/^(?:sha256:)?[0-9a-f:]+$/i.test(id) || prefix.length < 8) return null;
  const { items } = await list(prefix);
  if (items.length > 1)
    throw conflict('ambiguous', 'This beginning of a fingerprint fits several; give more of it.');
  return items[0] ?? null;
}

/** @throws HttpProblem `not-found`, `conflict` when the prefix is ambiguous */
export async function findClient(api: OperatorApi, id: string): Promise<ClientRecord> {
  const found = await lookUpClient(api, id);
  if (found === null) throw new HttpProblem('not-found', { detail: noClientText(id) });
  return found;
}

/** The same for who goes on without one. @throws HttpProblem `conflict` when the prefix is ambiguous */
export async function lookUpClient(api: OperatorApi, id: string): Promise<ClientRecord | null> {
  return (
    (await api.store.clients.byId(id)) ??
    byFingerprint(id, (p) => api.store.clients.list({ limit: 2, fingerprintPrefix: p }))
  );
}

/** @throws HttpProblem `not-found`, `conflict` when the prefix is ambiguous */
export async function findEnrollment(api: OperatorApi, id: string): Promise<EnrollmentRecord> {
  const found = await lookUpEnrollment(api, id);
  if (found === null) throw new HttpProblem('not-found', { detail: noEnrollmentText(id) });
  return found;
}

/** The same for who goes on without one. @throws HttpProblem `conflict` when the prefix is ambiguous */
export async function lookUpEnrollment(api: OperatorApi, id: string): Promise<EnrollmentRecord | null> {
  let found = await api.store.enrollments.byId(id);
  if (found === null) {
    const client = await api.store.clients.byId(id);
    found = client === null ? null : await api.store.enrollments.byKey(client.spkiSha256);
  }
  found ??= await byFingerprint(id, (p) => api.store.enrollments.list({ limit: 2, fingerprintPrefix: p }));
  return found;
}
