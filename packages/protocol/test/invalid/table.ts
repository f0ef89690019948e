/** A table of documents that are wrong in one thing each, with the code of the refusal, the line and the field. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type ApplicationShape,
  type LocatedProblem,
  parseApplication,
  ProtocolError,
} from '../../src/index.ts';

/** What is changed, into what, and what is found: the line, the field, and the code where it is not `semantic`. */
export type Row = readonly [
  kind: string,
  from: string | RegExp,
  to: string,
  line: number,
  field: string,
  code?: ProtocolError['code'],
];

/** Each row changes one thing in a document that is right; nothing else may be found. */
export function table(
  what: string,
  document: string,
  read: (text: string) => unknown,
  rows: readonly Row[],
): void {
  describe(what, () => {
    it('is right as it stands', () => {
      read(document);
    });
    for (const [kind, from, to, line, field, code = 'semantic'] of rows)
      it(`with ${kind} is refused`, () => {
        const text = document.replace(from, to);
        assert.notEqual(text, document, 'there was nothing to change');
        try {
          read(text);
        } catch (error) {
          assert.ok(error instanceof ProtocolError, String(error));
          const found = (error.problems as readonly LocatedProblem[]).map((p) => [p.line, p.field]);
          assert.deepEqual([error.code, found], [code, [[line, field]]], JSON.stringify(error.problems));
          return;
        }
        assert.fail('it was taken');
      });
  });
}

/** Reads an application, held to a shape or to whichever it looks like. */
export const application =
  (shape?: ApplicationShape) =>
  (text: string): unknown =>
    parseApplication(text, shape);

/** How an ApplicationDescription begins, down to its catalog. */
export const head = `apiVersion: margo.org/v1-alpha1
kind: ApplicationDescription
metadata:
  id: com-halden-visual-check
  name: Visual check
  version: 2.0.1
  catalog:
`;

/** Its Helm profile, down to the properties of its only component. */
export const helm = `    organization:
      - name: Halden Robotics
deploymentProfiles:
  - type: helm
    id: cluster
    components:
      - name: inspector
        properties:
          repository: oci://registry.example.com/charts/inspector
          revision: 2.0.1
`;
