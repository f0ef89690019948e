import { type Certificate, readCertificateFile } from '@muster/pki';
import { Type } from 'typebox';
import type { AuthorityRecord, CrlRecord } from '../../store/ports.ts';

const CertificateSchema = Type.Object({
  subject: Type.String(),
  fingerprint: Type.String(),
  notAfter: Type.String({ format: 'date-time' }),
});

export const AuthoritySchema = Type.Object(
  {
    name: Type.String(),
    anchors: Type.Array(CertificateSchema),
    intermediates: Type.Array(CertificateSchema),
    crlPolicy: Type.String({ enum: ['none', 'warn', 'fail-closed'] }),
    crlUrl: Type.Unsafe({ anyOf: [{ type: 'string' }, { type: 'null' }] }),
    note: Type.Unsafe({ anyOf: [{ type: 'string' }, { type: 'null' }] }),
    crls: Type.Array(
      Type.Object({
        issuer: Type.String(),
        entries: Type.Integer(),
        thisUpdate: Type.String({ format: 'date-time' }),
        nextUpdate: Type.Unsafe({ anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] }),
      }),
    ),
    createdAt: Type.String({ format: 'date-time' }),
    createdBy: Type.String(),
    shadowedBy: Type.Array(Type.String(), {
      description:
        'groups before it in order that have one of its roots: they decide on what leads to that root, and a rule for this group never sees it',
    }),
  },
  { $id: 'DeviceAuthority' },
);

const certificateView = (c: Certificate): object => ({
  subject: c.subject,
  fingerprint: `sha256:${c.sha256}`,
  notAfter: c.notAfter.toISOString(),
});

const certificatesOf = (pem: Uint8Array): Certificate[] => (pem.length === 0 ? [] : readCertificateFile(pem));

/** The groups that decide in the place of this one: a certificate is judged by the first group that it leads to. */
function shadowedBy(a: AuthorityRecord, inOrder: readonly AuthorityRecord[]): string[] {
  const roots = new Set(certificatesOf(a.anchors).map((c) => c.spkiSha256));
  const before = inOrder.slice(
    0,
    inOrder.findIndex((one) => one.name === a.name),
  );
  return before
    .filter((one) => certificatesOf(one.anchors).some((c) => roots.has(c.spkiSha256)))
    .map((one) => one.name);
}

/**
 * A group of device authorities for operators.
 * @param inOrder all groups, in the order in which they are asked
 */
export function authorityView(
  a: AuthorityRecord,
  crls: readonly Omit<CrlRecord, 'der'>[],
  inOrder: readonly AuthorityRecord[],
): object {
  const views = (pem: Uint8Array): object[] => certificatesOf(pem).map(certificateView);
  return {
    name: a.name,
    anchors: views(a.anchors),
    intermediates: views(a.intermediates),
    crlPolicy: a.crlPolicy,
    crlUrl: a.crlUrl,
    note: a.note,
    crls: crls
      .filter((c) => c.authority === a.name)
      .map((c) => ({
        issuer: `sha256:${c.issuerSha256}`,
        entries: c.entries,
        thisUpdate: new Date(c.thisUpdate).toISOString(),
        nextUpdate: c.nextUpdate === null ? null : new Date(c.nextUpdate).toISOString(),
      })),
    createdAt: new Date(a.createdAt).toISOString(),
    createdBy: a.createdBy,
    shadowedBy: shadowedBy(a, inOrder),
  };
}
