/** ApplicationDeployments: the published shapes, and every fault with its path and line. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type LocatedProblem, parseApplication, ProtocolError } from '../src/index.ts';

const whole = readFileSync(
  new URL('../../../examples/applications/visual-check-deployment.yaml', import.meta.url),
  'utf8',
);

function faults(text: string): string[] {
  try {
    parseApplication(text);
  } catch (error) {
    assert.ok(error instanceof ProtocolError);
    assert.equal(error.message, 'This ApplicationDeployment is wrong.');
    return (error.problems as LocatedProblem[]).map((p) => `${p.line} ${p.field}: ${p.message}`);
  }
  return [];
}

/** The document after one replacement; asserts that there was something to replace. */
function changed(from: string | RegExp, to: string, of = whole): string {
  const text = of.replace(from, to);
  assert.notEqual(text, of);
  return text;
}

const noHeader = changed(/apiVersion.*\nkind.*\n/, '');
const annotated = changed(
  '  namespace: cell7\n  deviceId: vision-1\n',
  '  namespace: cell7\n  annotations:\n    id: 0b6f4a3e-5b0f-4a6d-9a55-2f9c1f0a7d11\n    applicationId: com-halden-visual-check\n',
  changed(/^id: .*\n/m, '', changed(/^ {2}applicationId: .*\n/m, '')),
);

describe('a deployment', () => {
  it('is read with top-level id, with annotations, and without kind', () => {
    for (const [text, target] of [
      [whole, 'vision-1'],
      [annotated, undefined],
      [noHeader, 'vision-1'],
    ] as const) {
      const read = parseApplication(text);
      assert.deepEqual(
        [read.id, read.name, read.target],
        ['com-halden-visual-check', 'visual-check-prod', target],
      );
      assert.deepEqual(read.profiles, [
        {
          id: 'helm',
          requirement: {
            deploymentType: 'helm',
            runtime: 'oci',
            peripherals: [],
            interfaces: [],
            eligibility: [],
          },
          components: ['inspector'],
        },
      ]);
    }
  });

  it('may keep the application id in the annotations beside a top-level id', () => {
    const mixed = changed(
      '  namespace: cell7\n',
      '  namespace: cell7\n  annotations:\n    applicationId: com-halden-visual-check\n',
      changed(/^ {2}applicationId: .*\n/m, ''),
    );
    assert.equal(parseApplication(mixed).id, 'com-halden-visual-check');
    const unequal = changed('  name: vis', '  annotations: {applicationId: another}\n  name: vis');
    assert.deepEqual(faults(unequal), [
      '5 metadata.annotations.applicationId: must be the same as spec.applicationId; it is "another"',
    ]);
  });

  it('between rc.1 and rc.2 has its id at the top, the application in the annotations, and no device', () => {
    const between = changed(
      '  namespace: cell7\n  deviceId: vision-1\n',
      '  namespace: cell7\n  annotations:\n    applicationId: com-halden-visual-check\n',
      changed(/^ {2}applicationId: .*\n/m, ''),
    );
    const { id, target } = parseApplication(between);
    assert.deepEqual([id, target], ['com-halden-visual-check', undefined]);
  });

  it('is held to the sources of a shape where one is said', () => {
    const https = changed('oci://', 'https://');
    assert.deepEqual(faults(https), []);
    assert.equal(parseApplication(https, 'rc.2b').id, 'com-halden-visual-check');
    assert.throws(() => parseApplication(https, 'rc.2c'), /wrong/);
  });

  it('calls helm.v3 helm', () => {
    const [profile] = parseApplication(changed('type: helm', 'type: helm.v3')).profiles;
    assert.equal(profile?.requirement.deploymentType, 'helm');
  });

  it('names a child, any device behind a gateway, or the own device', () => {
    for (const target of ['cell7-gw/vision-1', 'cell7-gw/*', 'a/b/c', 'own~1._-'])
      assert.equal(parseApplication(changed('deviceId: vision-1', `deviceId: ${target}`)).target, target);
  });

  it('may carry the device constraints of its application', () => {
    const text = changed(
      '    type: helm\n',
      `    type: helm
    deviceConstraints:
      capacityRequirements: {cpu: {cores: 2}, memory: 4Gi}
      eligibilityRules:
        - propertySelector: {matchExpressions: [{key: /vendor, operator: Exists}]}
`,
      noHeader,
    );
    const requirement = parseApplication(text).profiles[0]?.requirement;
    assert.equal(requirement?.cpu?.milliCores, 2000);
    assert.deepEqual(
      requirement?.eligibility.map((e) => [e.key, e.operator]),
      [['/vendor', 'Exists']],
    );
    assert.deepEqual(faults(changed('memory: 4Gi', 'memory: much', text)), [
      '11 spec.deploymentProfile.deviceConstraints.capacityRequirements.memory: must be digits and one of Ki, Mi, Gi, such as 2Gi; it is "much"',
    ]);
  });

  const refused: [string, string | RegExp, string, RegExp][] = [
    ['an id that is no UUID', /^id: .*/m, 'id: my-deployment', /^3 id: must match/],
    ['an id without its dashes', /^id: .*/m, `id: ${'a'.repeat(32)}`, /^3 id: must match/],
    ['no id', /^id: .*\n/m, '', /^1 id: is required$/],
    ['upper case', 'com-halden', 'Com-halden', /^9 spec.applicationId: must match/],
    ['an underscore', 'com-halden', 'com_halden', /^9 spec.applicationId: must match/],
    ['a period', 'com-halden', 'com.halden', /^9 spec.applicationId: must match/],
    ['201 characters', 'com-halden-visual-check', 'a'.repeat(201), /^9 spec.applicationId: must match/],
    ['no application id', /^ {2}applicationId: .*\n/m, '', /^8 spec.applicationId: is required$/],
    ['no device id', /^ {2}deviceId: .*\n/m, '', /^4 metadata.deviceId: is required$/],
    ...['"*"', 'gw*', 'gw/*/x', '/gw', 'gw//x', 'gw/', '"gw x"'].map(
      (bad): [string, string, string, RegExp] => [
        `the device id ${bad}`,
        'deviceId: vision-1',
        `deviceId: ${bad}`,
        /^7 metadata.deviceId: must match/,
      ],
    ),
    ['a device id with ..', 'deviceId: vision-1', 'deviceId: gw/..', /^7 metadata.deviceId: must not have/],
    ['another type', 'type: helm', 'type: helm.v2', /^11 spec.deploymentProfile.type: must be one of/],
    ['another apiVersion', 'v1alpha1', 'v9', /^1 apiVersion: must be application/],
    ['an extension in spec', 'spec:\n', 'spec:\n  x-acme: {}\n', /^9 spec.x-acme: must be named/],
    [
      'an extension of a component',
      '      - name: inspector\n',
      '      - name: inspector\n        x-A-extensions: {}\n',
      /^14 spec.deploymentProfile.components\[0\].x-A-extensions: must be named/,
    ],
    ['a name of a component', 'name: inspector', 'name: Inspector', /^13 .*components\[0\].name: must match/],
    ['helm from a package', 'repository:', 'packageLocation:', /\.repository: is required with helm$/],
    ['a component without source', /^ {10}repository: .*\n/m, '', /\.repository: is required with helm$/],
    ['a timeout', '4m0s', '4 minutes', /^18 .*timeout: must be minutes and seconds/],
    ['a wait', 'wait: true', 'wait: maybe', /^17 .*wait: must be true or false/],
    [
      'a parameter for no component',
      'components: [inspector]',
      'components: [other]',
      /^24 spec.parameters.frameRate.targets\[0\].components\[0\]: must name a component/,
    ],
  ];
  for (const [what, from, to, expected] of refused)
    it(`is refused for ${what}`, () => {
      const found = faults(changed(from, to));
      assert.ok(
        found.some((one) => expected.test(one)),
        found.join('\n') || 'nothing was found',
      );
    });

  it('has all its faults told at once, in the order of lines', () => {
    const text = changed(/^id: .*/m, 'id: x', changed('com-halden', 'COM', changed('4m0s', 'soon')));
    assert.deepEqual(
      faults(text).map((one) => one.split(' ')[0]),
      ['3', '9', '18'],
    );
  });
});
