/** What placement answers, as OpenAPI says it. */
import { Type } from 'typebox';

const text = Type.String();

const CheckSchema = Type.Object({
  constraint: text,
  needed: text,
  offered: text,
  met: Type.Boolean(),
  lacks: Type.Optional(text),
});

const AnswerFields = {
  devices: Type.Integer({ description: 'how many were looked at' }),
  fitting: Type.Integer(),
  copies: Type.Integer(),
  enough: Type.Boolean({ description: 'for as many copies as were asked for' }),
  candidates: Type.Array(
    Type.Object({
      clientId: text,
      deviceId: text,
      vendor: text,
      modelNumber: text,
      labels: Type.Record(text, text),
      profile: text,
      waste: Type.Integer({ description: 'what would stay unused, in thousandths; the least comes first' }),
      copies: Type.Integer(),
    }),
  ),
  nearestMisses: Type.Array(Type.Object({ devices: Type.Integer(), lacks: text, constraint: text })),
  notFitting: Type.Array(
    Type.Object({
      clientId: text,
      deviceId: text,
      whyNot: Type.Array(Type.Object({ profile: text, unmet: Type.Array(CheckSchema) })),
    }),
  ),
};

const PlacementAnswerSchema = Type.Object(AnswerFields, { $id: 'PlacementAnswer' });

/** The answer of POST /placement:query. */
export const PlacementSchema = Type.Object({
  application: Type.Object({ id: text, name: text, version: text }),
  ...AnswerFields,
  whatIf: Type.Optional(PlacementAnswerSchema),
});

/** The answer of POST /placement:explain. */
export const ExplanationSchema = Type.Object({
  clientId: text,
  deviceId: text,
  fits: Type.Boolean(),
  profiles: Type.Array(Type.Object({ profile: text, fits: Type.Boolean(), checks: Type.Array(CheckSchema) })),
});
