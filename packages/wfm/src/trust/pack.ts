/** Trust packs: what devices without a network are given by hand. */
import { type Certificate, type Signed, signDocument } from '@muster/pki';
import type { TrustPack } from '@muster/protocol';
import type { AuditSigner } from '../audit/signer.ts';

interface TrustPackFile extends Signed {
  readonly format: 'muster-trust-pack-1';
}

/** Makes and signs a trust pack. @param o.days how long it counts, from now */
export async function makeTrustPack(o: {
  signer: AuditSigner;
  urls: readonly string[];
  caCertificates: readonly Certificate[];
  ticket?: string | undefined;
  device?: TrustPack['device'] | undefined;
  days: number;
  /** Milliseconds since 1970. */
  now: number;
}): Promise<TrustPackFile> {
  const statement: TrustPack = {
    kind: 'trust-pack',
    urls: o.urls,
    pins: o.caCertificates.map((c) => `sha256:${c.sha256}`),
    caCertificates: o.caCertificates.map((c) => c.pem),
    ticket: o.ticket ?? null,
    madeAt: new Date(o.now).toISOString(),
    validUntil: new Date(o.now + o.days * 86_400_000).toISOString(),
    device: o.device ?? null,
  };
  return { format: 'muster-trust-pack-1', ...(await signDocument(o.signer, statement)) };
}
