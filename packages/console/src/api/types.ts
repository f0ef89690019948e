import type { components, paths } from '../../../../docs/operator-api.d.ts';

type Schemas = components['schemas'];
export type Client = Schemas['Client'];
export type Enrollment = Schemas['Enrollment'];
export type AuditEntry = Schemas['AuditEntry'];
export type Device = Schemas['Device'];
export type Reservation = Schemas['Reservation'];
export type PlacementAnswer = Schemas['PlacementAnswer'];

/** What a POST of a path is given. */
export type Given<Path extends keyof paths> = paths[Path] extends {
  post: { requestBody?: { content: { 'application/json': infer Body } } };
}
  ? Body
  : never;

/** What a GET of a path answers. */
export type Got<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Answer } } } };
}
  ? Answer
  : never;

/** What a GET of a path may be asked for. */
export type Query<Path extends keyof paths> = paths[Path] extends {
  get: { parameters: { query?: infer Asked } };
}
  ? NonNullable<Asked>
  : never;
