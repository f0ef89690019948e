import { Type } from 'typebox';

/** An entry of the audit log; `detail` keeps the order of its members, because the hash is over its text. */
export const AuditEntrySchema = Type.Object(
  {
    seq: Type.Integer(),
    at: Type.String({ format: 'date-time' }),
    actor: Type.String(),
    action: Type.String(),
    subject: Type.String(),
    detail: Type.Unsafe<object>({ type: 'object', additionalProperties: true }),
    hash: Type.String(),
    previousHash: Type.String(),
  },
  { $id: 'AuditEntry' },
);

/** The outcome of a walk along the hash chain. */
export const ChainVerdictSchema = Type.Object({
  ok: Type.Boolean(),
  entries: Type.Optional(Type.Integer({ description: 'when the log is whole' })),
  firstBad: Type.Optional(Type.Integer({ description: 'the first entry that is changed or missing' })),
  reason: Type.Optional(Type.String()),
});
