/** A revocation list comes in: checked against its group, kept, and put into effect on active clients. */
import { CrlError, readCrl, verifyCrl } from '@muster/pki';
import type { Store } from '../store/ports.ts';
import type { AuthorityGroup } from './evidence.ts';

/**
 * Stores a list for a group.
 * @param bytes DER or PEM
 * @returns what became of it, and which clients it blocked
 * @throws CrlError when it cannot be read, or none of the group's CAs has signed it
 */
export async function storeCrl(
  store: Store,
  group: AuthorityGroup,
  bytes: Uint8Array,
  actor: string,
  now: number,
): Promise<{ result: 'stored' | 'unchanged' | 'older'; entries: number; blocked: string[] }> {
  const crl = readCrl(bytes);
  let refusal: unknown;
  for (const issuer of [...group.anchors, ...group.intermediates]) {
    try {
      verifyCrl(crl, issuer);
    } catch (error) {
      // The most telling refusal: a wrong signature of the right issuer.
      if (refusal === undefined || (error instanceof CrlError && error.code !== 'wrong-issuer'))
        refusal = error;
      continue;
    }
    const result = await store.admission.putCrl({
      authority: group.name,
      issuerSha256: issuer.sha256,
      der: bytes,
      thisUpdate: crl.thisUpdate.getTime(),
      nextUpdate: crl.nextUpdate?.getTime() ?? null,
      entries: crl.revoked.size,
      addedAt: now,
      addedBy: actor,
    });
    const blocked = result === 'stored' ? await store.clients.blockRevoked(group.name, crl.revoked, now) : [];
    return { result, entries: crl.revoked.size, blocked };
  }
  throw refusal;
}
