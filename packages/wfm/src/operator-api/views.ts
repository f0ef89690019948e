/** Records as operators see them, and the schemas that say so in OpenAPI. */
import { createHash } from 'node:crypto';
import { nameWarnings } from '@muster/pki';
import { pairingWords } from '@muster/protocol';
import { Type } from 'typebox';
import { type Rebind, readRebind } from '../fleet/rebind.ts';
import { type LabelRecord, labelSources } from '../store/ports/inventory.ts';
import type { ClientRecord, DeviceRecord, EnrollmentRecord, Preauthorization } from '../store/ports.ts';

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));
const time = Type.String({ format: 'date-time' });
const nullable = (schema: object): object => ({ anyOf: [schema, { type: 'null' }] });

const RebindSchema = Type.Object({
  state: Type.String({ enum: ['ordered', 'told', 'accepted', 'moved', 'failed', 'cancelled'] }),
  to: Type.String(),
  pins: Type.Array(Type.String()),
  reason: Type.Unsafe(nullable({ type: 'string' })),
  orderedBy: Type.String(),
  orderedAt: time,
  updatedAt: time,
});

/** An order to move; without the join string, which may carry a ticket. */
function rebindView(rebind: Rebind | null): object | null {
  if (rebind === null) return null;
  const { state, to, pins, reason, orderedBy, orderedAt, updatedAt } = rebind;
  return { state, to, pins, reason, orderedBy, orderedAt: iso(orderedAt), updatedAt: iso(updatedAt) };
}

export const ClientSchema = Type.Object(
  {
    clientId: Type.String(),
    state: Type.String({ enum: ['active', 'blocked', 'retired'] }),
    fingerprint: Type.String(),
    keyFingerprint: Type.String(),
    subject: Type.String(),
    notAfter: time,
    createdAt: time,
    decidedBy: Type.String(),
    lastSeenAt: Type.Unsafe(nullable(time)),
    labels: Type.Record(Type.String(), Type.String()),
    authority: Type.Unsafe(nullable({ type: 'string' })),
    rule: Type.String(),
    blockedReason: Type.Unsafe(nullable({ type: 'string' })),
    retiredReason: Type.Unsafe(nullable({ type: 'string' })),
    acknowledgedAt: Type.Unsafe(nullable(time)),
    rebind: Type.Unsafe(nullable(RebindSchema)),
    previousKeyUntil: Type.Unsafe(nullable(time)),
    warnings: Type.Array(Type.String()),
  },
  { $id: 'Client' },
);

/** A client for operators. */
export function clientView(c: ClientRecord): object {
  return {
    clientId: c.clientId,
    state: c.state,
    fingerprint: `sha256:${c.certificateSha256}`,
    keyFingerprint: `sha256:${c.spkiSha256}`,
    subject: c.subject,
    notAfter: iso(c.notAfter),
    createdAt: iso(c.createdAt),
    decidedBy: c.decidedBy,
    lastSeenAt: isoOrNull(c.lastSeenAt),
    labels: JSON.parse(c.labels) as object,
    authority: c.authority,
    rule: c.rule,
    blockedReason: c.blockedReason,
    retiredReason: c.retiredReason,
    acknowledgedAt: isoOrNull(c.acknowledgedAt),
    rebind: rebindView(readRebind(c.rebind)),
    previousKeyUntil: isoOrNull(c.previousUntil),
    warnings: nameWarnings([c.subject]),
  };
}

const text = Type.String();
const textOrNull = Type.Unsafe<string | null>(nullable({ type: 'string' }));
const timeOrNull = Type.Unsafe<string | null>(nullable(time));

export const EnrollmentSchema = Type.Object(
  {
    enrollmentId: text,
    state: Type.String({ enum: ['pending', 'approved', 'rejected'] }),
    clientId: textOrNull,
    fingerprint: text,
    keyFingerprint: text,
    subject: text,
    issuer: text,
    notAfter: time,
    words: Type.Array(text),
    firstSeenAt: time,
    lastSeenAt: time,
    attempts: Type.Integer(),
    remoteAddress: textOrNull,
    decidedAt: timeOrNull,
    decidedBy: textOrNull,
    reason: textOrNull,
    rule: textOrNull,
    holdReason: textOrNull,
    authority: textOrNull,
    labels: Type.Record(text, text),
    looksLike: textOrNull,
    approvals: Type.Array(text),
    approvalsNeeded: Type.Integer(),
    approvalInto: Type.Unsafe<string | null>(
      nullable({ type: 'string', description: 'the client that the approvals so far give the key to' }),
    ),
    warnings: Type.Array(text),
  },
  { $id: 'Enrollment' },
);

/** A request to be let in, with the words to compare with those on the device. */
export function enrollmentView(e: EnrollmentRecord, caPin: string): object {
  return {
    enrollmentId: e.enrollmentId,
    state: e.state,
    clientId: e.clientId,
    fingerprint: `sha256:${e.certificateSha256}`,
    keyFingerprint: `sha256:${e.spkiSha256}`,
    subject: e.subject,
    issuer: e.issuer,
    notAfter: iso(e.notAfter),
    words: pairingWords(caPin, e.spkiSha256, (bytes) => createHash('sha256').update(bytes).digest()),
    firstSeenAt: iso(e.firstSeenAt),
    lastSeenAt: iso(e.lastSeenAt),
    attempts: e.attempts,
    remoteAddress: e.remoteAddress,
    decidedAt: isoOrNull(e.decidedAt),
    decidedBy: e.decidedBy,
    reason: e.reason,
    rule: e.rule,
    holdReason: e.holdReason,
    authority: e.authority,
    labels: JSON.parse(e.labels) as object,
    looksLike: e.lookalike,
    approvals: JSON.parse(e.approvals) as string[],
    approvalsNeeded: e.approvalsNeeded,
    approvalInto: e.approvalInto,
    warnings: nameWarnings([e.subject]),
  };
}

export const DeviceSchema = Type.Object(
  {
    clientId: text,
    deviceId: text,
    profile: text,
    capabilities: Type.Unsafe<object>({ type: 'object', additionalProperties: true }),
    digest: text,
    revision: Type.Integer(),
    updatedAt: time,
    lastSeenAt: time,
    labels: Type.Record(text, text),
  },
  { $id: 'Device' },
);

export const LabelSchema = Type.Object(
  {
    clientId: text,
    deviceId: Type.String({ description: 'empty where it holds for all devices of the client' }),
    key: text,
    value: text,
    source: Type.String({ enum: [...labelSources], description: 'the weightier comes first' }),
    setBy: text,
    setAt: time,
  },
  { $id: 'Label' },
);

/** A label, and who has set it. */
export function labelView(label: LabelRecord): object {
  return { ...label, setAt: iso(label.setAt) };
}

/** A reported device. */
export function deviceView(d: DeviceRecord): object {
  return {
    clientId: d.clientId,
    deviceId: d.deviceId,
    profile: d.profile,
    capabilities: JSON.parse(d.model) as object,
    digest: `sha256:${d.digest}`,
    revision: d.revision,
    updatedAt: iso(d.updatedAt),
    lastSeenAt: iso(d.lastSeenAt),
  };
}

export const PreauthorizationSchema = Type.Object(
  {
    fingerprint: text,
    kind: Type.String({ enum: ['certificate', 'key'] }),
    note: textOrNull,
    createdAt: time,
    createdBy: text,
    usedAt: timeOrNull,
  },
  { $id: 'Preauthorization' },
);

/** A pre-authorisation. */
export function preauthorizationView(p: Preauthorization): object {
  return {
    fingerprint: `sha256:${p.fingerprint}`,
    kind: p.kind,
    note: p.note,
    createdAt: iso(p.createdAt),
    createdBy: p.createdBy,
    usedAt: isoOrNull(p.usedAt),
  };
}

/** What every signed document is made of. */
export const SignedSchema = {
  statement: Type.String({ description: 'JSON text, as it was signed' }),
  signature: Type.String(),
  certificate: Type.String(),
};

export const ClientId = Type.Object({ clientId: Type.String({ maxLength: 200 }) });
export const EnrollmentId = Type.Object({ enrollmentId: Type.String({ maxLength: 200 }) });

/** The envelope of every collection. */
export function pageSchema(item: object): object {
  return Type.Object({
    items: Type.Array(Type.Unsafe(item)),
    nextCursor: Type.Unsafe(nullable({ type: 'string' })),
  });
}

/** Hex of a fingerprint as people write it, with or without `sha256:` and colons. */
export function fingerprintHex(text: string): string {
  return text
    .toLowerCase()
    .replace(/^sha256:/, '')
    .replace(/[^0-9a-f]/g, '');
}

/** What may come with an action; a body is not needed. */
export const reasonBody = (more: object = {}): object =>
  Type.Unsafe(
    nullable({ type: 'object', properties: { reason: { type: 'string', maxLength: 500 }, ...more } }),
  );

/** The reason that an operator may give with an action. */
export function reasonOf(body: unknown): string | undefined {
  const reason =
    typeof body === 'object' && body !== null && 'reason' in body ? (body.reason as unknown) : undefined;
  return typeof reason === 'string' && reason !== '' ? reason.slice(0, 500) : undefined;
}
