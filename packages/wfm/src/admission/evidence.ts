/** What a certificate proves and claims, in the form that rules look at and that is kept with the request. */
import {
  type Certificate,
  type CertificateDetails,
  certificateDetails,
  type Crl,
  CrlError,
  type NameAttribute,
  PathError,
  validatePath,
  verifyCrl,
} from '@muster/pki';

/** A group of certificate authorities whose devices may be let in. */
export interface AuthorityGroup {
  readonly name: string;
  readonly anchors: readonly Certificate[];
  /** CAs between anchor and device that the WFM knows, for devices that send their own certificate only. */
  readonly intermediates: readonly Certificate[];
  readonly crl: { readonly policy: 'none' | 'warn' | 'fail-closed'; readonly lists: readonly Crl[] };
}

/** What the chain to a group came to. */
export type ChainVerdict =
  | { readonly authority: string; readonly result: 'valid'; readonly warning: string | null }
  | {
      readonly authority: string;
      readonly result: 'revoked' | 'stale-crl' | 'invalid';
      readonly reason: string;
    };

/** The facts of one certificate. Serialisable: it is kept with the recorded request, so that rules can be rehearsed. */
export interface Evidence {
  readonly subject: readonly NameAttribute[];
  readonly alternativeNames: readonly string[];
  readonly extendedKeyUsage: readonly string[];
  readonly serialNumber: string;
  readonly keyType: string;
  /** What the device says of how its key is kept; absent in requests from before that was kept. */
  readonly keyProtection?: string | null;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly chain: ChainVerdict | null;
  /** Which groups and lists `chain` was judged by. */
  readonly groupsVersion: string;
}

/** A reason may quote the name of a CA that a stranger has sent along; it is kept, and shown. */
const shown = (text: string): string => text.replace(/\p{Cc}/gu, '\ufffd');

function checkRevocation(chain: readonly Certificate[], group: AuthorityGroup, now: Date): ChainVerdict {
  const authority = group.name;
  const { policy, lists } = group.crl;
  if (policy === 'none') return { authority, result: 'valid', warning: null };
  let warning: string | null = null;
  for (const [index, certificate] of chain.slice(0, -1).entries()) {
    const issuer = chain[index + 1];
    if (issuer === undefined) break;
    const own = lists.filter((crl) => {
      try {
        verifyCrl(crl, issuer);
        return true;
      } catch (error) {
        if (error instanceof CrlError) return false;
        throw error;
      }
    });
    if (own.some((crl) => crl.revoked.has(certificate.serialNumber))) {
      const reason = shown(
        `${certificate.subject} (serial ${certificate.serialNumber}) was revoked by ${issuer.subject}`,
      );
      return { authority, result: 'revoked', reason };
    }
    const isFresh = own.some((crl) => crl.nextUpdate === null || crl.nextUpdate >= now);
    if (isFresh) continue;
    const reason =
      own.length === 0
        ? `there is no revocation list of ${issuer.subject}`
        : `the revocation list of ${issuer.subject} is out of date`;
    if (policy === 'fail-closed') return { authority, result: 'stale-crl', reason: shown(reason) };
    warning = shown(reason);
  }
  return { authority, result: 'valid', warning };
}

/**
 * Judges a chain against the groups, in their order: the first group to which it leads decides.
 * @param sent CAs that the client sent with its certificate; never a reason to trust
 * @returns null when no group has anything to do with it
 */
function judgeChain(
  leaf: Certificate,
  sent: readonly Certificate[],
  groups: readonly AuthorityGroup[],
  now: Date,
): ChainVerdict | null {
  let failed: ChainVerdict | null = null;
  for (const group of groups) {
    try {
      const helpers = [...group.intermediates, ...sent];
      const chain = validatePath(leaf, helpers, group.anchors, { now, purpose: 'clientAuth' });
      // A leaf that is an anchor itself proves nothing about who issued it.
      if (chain.length < 2) continue;
      return checkRevocation(chain, group, now);
    } catch (error) {
      if (!(error instanceof PathError)) throw error;
      if (error.code === 'untrusted') continue;
      failed ??= {
        authority: group.name,
        result: 'invalid',
        reason: shown(`${error.message} Seen: ${error.seen ?? ''}`.trim()),
      };
    }
  }
  return failed;
}

/**
 * Gathers the evidence of one certificate.
 * @throws CertificateError `malformed` when its names cannot be shown safely
 */
export function gatherEvidence(o: {
  leaf: Certificate;
  sent: readonly Certificate[];
  keyProtection: string | null;
  groups: readonly AuthorityGroup[];
  groupsVersion: string;
  now: Date;
}): Evidence {
  const details: CertificateDetails = certificateDetails(o.leaf);
  const { serialNumber, keyType, notBefore, notAfter } = o.leaf;
  return {
    ...details,
    serialNumber,
    keyType,
    keyProtection: o.keyProtection,
    notBefore: notBefore.getTime(),
    notAfter: notAfter.getTime(),
    chain: o.groups.length === 0 ? null : judgeChain(o.leaf, o.sent, o.groups, o.now),
    groupsVersion: o.groupsVersion,
  };
}
