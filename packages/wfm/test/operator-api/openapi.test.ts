/* oxlint-disable unicorn/no-thenable -- `then` is what Spectral's rules call it */
/** The committed description of the operator API, and the types made from it, are those of this very WFM. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import spectral from '@stoplight/spectral-core';
import functions from '@stoplight/spectral-functions';
import rulesets from '@stoplight/spectral-rulesets';
import { type Rig, startRig } from '../support/wfm.ts';

const root = new URL('../../../../', import.meta.url);
const hint = 'The operator API has changed. Run: npm run api (and commit what it writes)';

interface Schema {
  readonly [keyword: string]: unknown;
}
interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}
interface Described {
  readonly paths: Record<string, Record<string, { responses: Record<string, Response> }>>;
  readonly components: { readonly responses: Record<string, Response> };
}

/** A schema that says what comes: not just that it is an object. */
const saysSomething = (schema: Schema | undefined): boolean =>
  schema !== undefined &&
  (schema['type'] === 'object' ? schema['properties'] !== undefined : Object.keys(schema).length > 0);

/** The answers that are not described; 204 has nothing to describe. */
function withoutAnswer({ paths, components }: Described): string[] {
  const missing: string[] = [];
  for (const [path, operations] of Object.entries(paths))
    for (const [method, { responses }] of Object.entries(operations)) {
      const successes = Object.keys(responses).filter((status) => status.startsWith('2'));
      for (const status of successes.length === 0 ? ['2xx'] : successes) {
        const contents = Object.values(responses[status]?.content ?? {});
        const isDescribed = contents.length > 0 && contents.every((c) => saysSomething(c.schema));
        if (status !== '204' && !isDescribed) missing.push(`${method} ${path} ${status}`);
      }
      for (const status of ['default', ...Object.keys(responses).filter((s) => s.startsWith('4'))]) {
        const problem = components.responses[responses[status]?.$ref?.split('/').at(-1) ?? ''];
        const schema = problem?.content?.['application/problem+json']?.schema;
        if (schema?.['$ref'] !== '#/components/schemas/Problem') missing.push(`${method} ${path} ${status}`);
      }
    }
  return missing;
}

describe('the description of the operator API', () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig();
  });
  after(() => rig.stop());

  it('is committed as it is served, and so are the client types', async () => {
    const committed = await readFile(new URL('docs/operator-api.json', root), 'utf8');
    const served = (await rig.operator('GET', '/openapi.json')).body;
    assert.ok(committed === `${JSON.stringify(served, null, 2)}\n`, hint);
    const digest = createHash('sha256').update(committed).digest('hex');
    const types = await readFile(new URL('docs/operator-api.d.ts', root), 'utf8');
    assert.ok(types.includes(`sha256:${digest}\n`), hint);
  });

  it('says of every operation how it answers: a schema for each success, and a problem for each refusal', async () => {
    const document = (await rig.operator('GET', '/openapi.json')).body as unknown as Described;
    assert.deepEqual(withoutAnswer(document), []);
    // The check does look: what has no schema, or one that says nothing, is found.
    const broken = structuredClone(document);
    const path = broken.paths['/operator/v1/clients'];
    assert.ok(path?.['get']);
    path['get'].responses = { 200: { content: { 'application/json': { schema: { type: 'object' } } } } };
    assert.deepEqual(withoutAnswer(broken), [
      'get /operator/v1/clients 200',
      'get /operator/v1/clients default',
    ]);
    path['get'].responses = {
      200: {},
      default: document.paths['/operator/v1/trust']?.['get']?.responses['default'] ?? {},
    };
    assert.deepEqual(withoutAnswer(broken), ['get /operator/v1/clients 200']);
  });

  it('has nothing that a linter finds', async () => {
    const linter = new spectral.Spectral();
    linter.setRuleset({
      // Its types ask for an `extends` that this ruleset, which extends nothing, does not have.
      extends: [[{ extends: [], ...rulesets.oas }, 'recommended']],
      rules: {
        // What has no addressee or address of its own: each WFM serves its own document. Summaries say enough.
        'info-contact': 'off',
        'oas3-api-servers': 'off',
        'operation-description': 'off',
        'every-operation-has-a-summary': {
          given: '$.paths[*][get,post,put,delete]',
          severity: 'error',
          then: { field: 'summary', function: functions.truthy },
        },
        'every-operation-says-how-it-refuses': {
          given: '$.paths[*][get,post,put,delete].responses',
          severity: 'error',
          then: { field: 'default', function: functions.truthy },
        },
      },
    });
    const document = (await rig.operator('GET', '/openapi.json')).text;
    const found = await linter.run(document);
    assert.deepEqual(
      found.map((f) => `${f.code} at ${f.path.join('.')}: ${f.message}`),
      [],
    );
    // The linter does look: an operation without its name and refusals is found.
    const broken = document
      .replaceAll('"operationId"', '"x-id"')
      .replaceAll('"default":{"$ref"', '"x":{"$ref"');
    const codes = new Set((await linter.run(broken)).map((f) => f.code));
    assert.ok(codes.has('operation-operationId') && codes.has('every-operation-says-how-it-refuses'));
  });
});
