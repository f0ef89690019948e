/** Golden applications of each published shape, as YAML and as JSON: both are read into the model beside them. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  type Application,
  type ApplicationShape,
  applicationShapes,
  parseApplication,
} from '../src/index.ts';

const golden = new URL('golden-applications/', import.meta.url);

/** Sizes are bigints, which JSON has not: both how they were written and how many bytes they are. */
const asJson = (application: Application): unknown =>
  JSON.parse(
    JSON.stringify(application, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  );
const shapeOf = (name: string): ApplicationShape | undefined =>
  applicationShapes.find((shape) => name.endsWith(shape));

describe('golden applications', () => {
  for (const name of readdirSync(golden)) {
    const read = (file: string): string => readFileSync(new URL(`${name}/${file}`, golden), 'utf8');
    for (const file of ['document.yaml', 'document.json'])
      it(`${name} ${file}`, () => {
        const model: unknown = JSON.parse(read('model.json'));
        assert.deepEqual(asJson(parseApplication(read(file))), model);
        const shape = shapeOf(name);
        if (shape !== undefined) assert.deepEqual(asJson(parseApplication(read(file), shape)), model);
      });
  }

  it('are of every shape', () => {
    const names = readdirSync(golden);
    for (const kind of ['description.rc.1', 'description.rc.2c', 'description.rc.3'])
      assert.ok(names.includes(kind), kind);
    for (const shape of ['rc.1', 'rc.2b', 'rc.2c', 'rc.3'])
      assert.ok(names.includes(`deployment.${shape}`), shape);
  });
});
