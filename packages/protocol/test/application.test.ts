/** ApplicationDescriptions: what parses, and every fault with its path and line. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type LocatedProblem, parseApplication, ProtocolError } from '../src/index.ts';

const example = (name: string): string =>
  readFileSync(new URL(`../../../examples/applications/${name}`, import.meta.url), 'utf8');

function faults(text: string): string[] {
  try {
    parseApplication(text);
  } catch (error) {
    assert.ok(error instanceof ProtocolError);
    return (error.problems as LocatedProblem[]).map((p) => `${p.line} ${p.field}: ${p.message}`);
  }
  return [];
}

const whole = example('visual-check.yaml');
/** The faults after one replacement; asserts that there was something to replace. */
function changed(from: string | RegExp, to: string): string[] {
  const text = whole.replace(from, to);
  assert.notEqual(text, whole);
  return faults(text);
}

describe('an application', () => {
  it('is read from requiredResources, in the order of its profiles', () => {
    const application = parseApplication(whole);
    assert.equal(application.id, 'com-halden-visual-check');
    assert.deepEqual(
      application.profiles.map((p) => [p.id, p.requirement.deploymentType, p.components]),
      [
        ['on-a-cluster', 'helm', ['inspector']],
        ['on-one-machine', 'compose', ['inspector']],
      ],
    );
    const first = application.profiles[0]?.requirement;
    assert.deepEqual(first?.cpu, { milliCores: 4000, architectures: ['amd64', 'arm64'] });
    assert.equal(first?.memory?.bytes, 8n << 30n);
    assert.deepEqual(first?.peripherals, [{ type: 'gpu', manufacturer: 'NVIDIA' }, { type: 'camera' }]);
  });

  it("is read from rc.3's deviceConstraints", () => {
    const [profile] = parseApplication(example('line-dashboard.yaml')).profiles;
    assert.equal(profile?.requirement.cpu?.milliCores, 500);
    assert.deepEqual(profile?.requirement.eligibility, [
      {
        on: 'property',
        key: '/peripherals',
        operator: 'ContainsAny',
        values: ['display'],
        itemSelector: '/type',
      },
    ]);
  });

  it('of rc.1 may say helm.v3 for helm', () => {
    const [profile] = parseApplication(whole.replace('type: helm', 'type: helm.v3')).profiles;
    assert.equal(profile?.requirement.deploymentType, 'helm');
  });

  it('may have descriptions that say nothing', () => {
    assert.deepEqual(changed(/description: .*/g, "description: ''"), []);
    assert.deepEqual(changed('id: on-a-cluster', "id: on-a-cluster\n    description: ''"), []);
  });

  it('is read from JSON, with its id at the root, and from bare requirements', () => {
    assert.deepEqual(parseApplication(example('requirements.json')).profiles[0]?.requirement.interfaces, [
      'canbus',
    ]);
    const rooted = `id: com-halden-visual-check\n${whole.replace('  id: com-halden-visual-check\n', '')}`;
    assert.equal(parseApplication(rooted).id, 'com-halden-visual-check');
  });

  for (const [what, from, to, expected] of [
    ['an id in upper case', 'id: com-halden', 'id: Com-halden', /^5 metadata\.id: must match/],
    ['an id with an underscore', 'com-halden-v', 'com_halden-v', /^5 metadata\.id/],
    ['an id with a period', 'com-halden-v', 'com.halden-v', /^5 metadata\.id/],
    ['an id of 201 characters', 'com-halden-visual-check', 'a'.repeat(201), /^5 metadata\.id/],
    ['no version', /\n {2}version: 2\.0\.1/, '', /^4 metadata\.version: is required/],
    [
      'no organization',
      /\n {4}organization:[^]*?example\n(?=deployment)/,
      '\n',
      /metadata\.catalog\.organization: is required/,
    ],
    [
      'a tagline that is no text',
      /tagline: .*/,
      'tagline: 7',
      /^11 metadata\.catalog\.application\.tagline: must be a text: in quotes; it is 7$/,
    ],
    [
      'a tag that is no text',
      '[vision, quality]',
      '[vision, [quality]]',
      /application\.tags\[1\]: must be a text$/,
    ],
    [
      'an author without a text for a name',
      'name: Halden vision team',
      'name: [Halden]',
      /author\[0\]\.name: must be a text/,
    ],
    [
      'an organization without a name',
      'name: Halden Robotics',
      'x: y',
      /organization\[0\]\.name: is required/,
    ],
    [
      'a description that is no text',
      'description: Finds',
      'description: [Finds]\n  x: F',
      /metadata\.description: must be a text/,
    ],
    ['another kind', 'kind: ApplicationDescription', 'kind: Application', /^3 kind: must be/],
    [
      'a type out of the list',
      'type: compose',
      'type: docker',
      /^41 deploymentProfiles\[1\]\.type: must be one of/,
    ],
    [
      'one id for two profiles',
      'id: on-one-machine',
      'id: on-a-cluster',
      /deploymentProfiles\[1\]\.id: must be the id of one/,
    ],
    [
      'memory in Ti',
      'memory: 8Gi',
      'memory: 8Ti',
      /requiredResources\.memory: must be digits.*; it is "8Ti"$/,
    ],
    ['a blank before the unit', 'memory: 8Gi', 'memory: 8 Gi', /requiredResources\.memory: must be digits/],
    ['storage beyond 2^63', 'storage: 20Gi', 'storage: 8Ei', /requiredResources\.storage: .*2\^63/],
    ['no cores', 'cores: 4', '# none', /requiredResources\.cpu\.cores: is required/],
    ['cores as a text', 'cores: 4', "cores: '4'", /cpu\.cores: must be a number.*; it is "4"$/],
    [
      'a million cores and one',
      'cores: 4',
      'cores: 1000001',
      /cpu\.cores: must be .*at most 1000000; it is 1000001/,
    ],
    [
      'an architecture out of the list',
      '[amd64, arm64]',
      '[amd64, x86_64]',
      /cpu\.architectures\[1\]: must be one of/,
    ],
    ['a peripheral out of the list', 'type: gpu', 'type: GPU', /peripherals\[0\]\.type: must be one of/],
    ['a timeout in seconds', 'timeout: 8m30s', 'timeout: 510s', /properties\.timeout: must be minutes/],
    [
      'a target that is no component',
      'components: [inspector]',
      'components: [other]',
      /parameters\.frameRate\.targets\[0\]\.components\[0\]/,
    ],
    [
      'a setting of no parameter',
      'parameter: frameRate',
      'parameter: rate',
      /settings\[0\]\.parameter: must name/,
    ],
    ['limits the wrong way round', 'minValue: 1', 'minValue: 61', /schema\[0\]\.minValue: must not be above/],
    [
      'a key twice',
      'kind: ApplicationDescription',
      'kind: ApplicationDescription\nkind: Other',
      /^4 : Map keys must be unique/,
    ],
  ] as const)
    it(`with ${what} is refused, with the line`, () => {
      const found = changed(from, to);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', expected);
    });

  it('that is a megabyte of keys, of brackets, or of faults is refused in the time of a large one', () => {
    const keys = Array.from({ length: 60_000 }, (_, i) => `key${i}: 1\n`).join('');
    const deep = /is nested too deeply/;
    for (const [text, count, first] of [
      [keys, 200, /: /],
      ['['.repeat(1_000_000), 1, deep],
      [`${'['.repeat(250)}${']'.repeat(250)}`, 1, deep],
      ['- '.repeat(500_000), 1, deep],
      ['}\n'.repeat(500_000), 200, /^1 : /],
    ] as const) {
      const found = faults(text);
      assert.equal(found.length, count, text.slice(0, 20));
      assert.match(found[0] ?? '', first);
    }
  });

  it('gets all its faults at once, in the order of lines', () => {
    const wrong = faults(
      'apiVersion: margo.org/v1-alpha1\nkind: ApplicationDescription\nmetadata:\n  id: A\ndeploymentProfiles:\n  - type: x\n    id: y\n    components: []\n',
    );
    assert.deepEqual(
      wrong.map((w) => w.split(':')[0]),
      [
        '3 metadata.name',
        '3 metadata.version',
        '3 metadata.catalog',
        '4 metadata.id',
        '6 deploymentProfiles[0].type',
        '8 deploymentProfiles[0].components',
      ],
    );
  });

  it('with more faults than are told says how many there are', () => {
    const wrong = Array.from({ length: 250 }, (_, i) => `k${i}: 1\n`).join('');
    assert.equal(faults(`type: helm\n${wrong}`).length, 200);
    assert.throws(() => parseApplication(`type: helm\n${wrong}`), /200 of its 250 faults are told/);
  });

  for (const [what, text, expected] of [
    ['nothing', '', '1 : the document is empty'],
    ['a remark alone', '# later\n', '1 : the document is empty'],
    ['a list', '- type: compose\n', '1 : the document must be a mapping'],
    ['a text', 'compose', '1 : the document must be a mapping'],
    [
      'a set',
      'type: compose\nrequiredResources: !!set {cpu}\n',
      '2 : the tag tag:yaml.org,2002:set is not taken: write a plain value',
    ],
    [
      'pairs',
      'requiredResources: !!omap [memory: 1Gi]\n',
      '1 : the tag tag:yaml.org,2002:omap is not taken: write a plain value',
    ],
    ['a tag of somebody', 'type: !acme compose\n', '1 : the tag !acme is not taken: write a plain value'],
    ['an alias for a key', 'type: &t compose\n*t : y\n', '2 : a key must be a text'],
    ['a list for a key', 'type: compose\n? [a, b]\n: c\n', '2 : a key must be a text'],
  ] as const)
    it(`of ${what} has one fault, not one for each field that is not there`, () => {
      assert.deepEqual(faults(text), [expected]);
    });

  it('has at most 256 expressions in the rules of a profile', () => {
    const rules = (count: number): string => {
      const one = '{key: site, operator: Exists}';
      const rule = `- labelSelector: {matchExpressions: [${Array(64).fill(one).join(',')}]}\n`;
      return `deviceConstraints:\n  eligibilityRules:\n${`  ${rule}`.repeat(count)}`;
    };
    assert.deepEqual(faults(rules(4)), []);
    assert.match(faults(rules(5)).join(), /^2 deviceConstraints\.eligibilityRules: .*256 expressions/);
  });

  it('with wrong rules of rc.3 is refused', () => {
    const rule = (e: string): string[] => faults(`deviceConstraints:\n  eligibilityRules:\n    - ${e}\n`);
    const one = (e: string): string[] => rule(`propertySelector: {matchExpressions: [${e}]}`);
    assert.deepEqual(one('{key: /vendor, operator: In, values: [a]}'), []);
    assert.match(rule('{}')[0] ?? '', /propertySelector or a labelSelector/);
    assert.match(one('{key: vendor, operator: Exists}')[0] ?? '', /JSON Pointer/);
    assert.match(one('{key: /vendor, operator: Like, values: [a]}')[0] ?? '', /must be one of In/);
    assert.match(one('{key: /vendor, operator: In}')[0] ?? '', /at least one value/);
    assert.match(one('{key: /memory, operator: Gt, values: [1Gi, 2Gi]}')[0] ?? '', /exactly one value/);
    for (const values of ['a', '[[a]]'])
      assert.equal(one(`{key: /vendor, operator: In, values: ${values}}`).length, 1, 'told once');
    assert.match(one('{key: /memory, operator: Lt, values: [much]}')[0] ?? '', /a size such as 4Gi.*"much"/);
    assert.match(one('{key: /vendor, operator: Exists, values: [a]}')[0] ?? '', /left out/);
    assert.match(one('{key: /v, operator: In, values: [a], itemSelector: /t}')[0] ?? '', /ContainsAll/);
    for (const wrong of ['t', '/~2', '/a~'])
      assert.match(
        one(`{key: /v, operator: ContainsAny, values: [a], itemSelector: ${wrong}}`)[0] ?? '',
        /JSON Pointer into the items/,
      );
  });

  it('that is hostile ends in a refusal, not in a crash', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
      .split('')
      .map((c, i) => `${c}: &${c} [${Array.from({ length: 9 }, () => `*${'abcdefg'[i]}`).join(',')}]`)
      .join('\n')}\n`;
    for (const text of [
      '',
      '[',
      '- 1',
      'a: b: c',
      '['.repeat(50_000),
      bomb,
      'x'.repeat(2_000_000),
      '\u0000',
      '42',
    ])
      assert.ok(faults(text).length > 0, text.slice(0, 20));
  });
});
