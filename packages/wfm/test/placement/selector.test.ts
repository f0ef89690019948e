/** All eight operators, over properties and over labels, as text and as rc.3 writes them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Capabilities, parseApplication, parseQuantity, ProtocolError } from '@muster/protocol';
import { expressionConstraint, isMet } from '../../src/placement/constraints.ts';
import { parseSelector } from '../../src/placement/selector-text.ts';
import { subjectOf } from '../../src/placement/subject.ts';

const device: Capabilities = {
  deviceId: 'gw/vision-1',
  vendor: 'Halden',
  modelNumber: 'HR-2',
  serialNumber: 'S-7',
  hosting: {
    cpuGroups: [{ milliCores: 4000, architecture: 'amd64' }, { milliCores: 500 }],
    memory: parseQuantity('8Gi'),
    storage: parseQuantity('59 Gi'),
    peripherals: [{ type: 'camera', manufacturer: 'Optowerk' }, { type: 'gpu' }],
    interfaces: [{ type: 'ethernet' }],
    otelCollector: true,
    runtimes: ['oci'],
    deploymentTypes: ['compose', 'helm'],
  },
  extensions: { 'x-halden-extensions': { line: 4, 'a/b': 'slash' } },
};
const subject = subjectOf(device, { site: 'plant7', rack: '12', room: '1Gi', empty: '' });

/** Selectors that hold, and selectors that do not. */
const cases: Readonly<Record<string, readonly [holds: readonly string[], fails: readonly string[]]>> = {
  In: [
    [
      'site=plant7',
      'site==plant7',
      'site in (plant6, plant7)',
      '/vendor=Halden',
      '/otelCollector=true',
      '/memory in (4Gi, 8192Mi)',
      '/storage=59 Gi',
    ],
    [
      'site=plant',
      'site in (a, b)',
      'absent=a',
      '/vendor=halden',
      '/supportedRuntimes=oci',
      '/memory=8',
      '/memory=no size',
      'room=1024Mi',
    ],
  ],
  NotIn: [
    ['site!=plant8', 'site notin (a, b)', 'absent!=a', '/vendor!=Other', '/absent notin (a)'],
    ['site!=plant7', 'site notin (plant7, b)', '/vendor!=Halden', '/memory!=8388608Ki'],
  ],
  Exists: [
    ['site', 'empty', '/vendor', '/cpus/1/cores', '/x-halden-extensions/line', '/id', '/serialNumber'],
    ['absent', '/cpus/2', '/cpus/1/architecture', '/x-other-extensions', '/cpus/-1'],
  ],
  DoesNotExist: [
    ['!absent', '!/cpus/2', '!/cpus/1/architecture'],
    ['!site', '!empty', '!/vendor'],
  ],
  Gt: [
    [
      'rack>11',
      '/memory>4Gi',
      '/memory>4096Mi',
      '/storage>58Gi',
      '/cpus/0/cores>3.5',
      '/x-halden-extensions/line>3',
    ],
    ['rack>12', 'site>1', 'absent>1', '/memory>8Gi', '/vendor>1', '/cpus>1'],
  ],
  Lt: [
    ['rack<13', '/memory<9Gi', '/cpus/1/cores<1'],
    ['rack<12', 'absent<1', '/memory<8Gi', '/absent<1'],
  ],
  ContainsAll: [
    ['/supportedDeploymentTypes has-all (helm, compose)', '/peripherals[*]/type has-all (gpu, camera)'],
    [
      '/supportedDeploymentTypes has-all (helm, custom)',
      '/absent has-all (a)',
      '/vendor has-all (Halden)',
      'site has-all (plant7)',
    ],
  ],
  ContainsAny: [
    [
      '/supportedRuntimes has-any (oci, custom)',
      '/peripherals[*]/manufacturer has-any (Optowerk)',
      '/interfaces[*]/type has-any (usb, ethernet)',
    ],
    ['/supportedRuntimes has-any (custom)', '/peripherals[*]/model has-any (T1)', '/absent has-any (a)'],
  ],
};

/** The same expression out of a rule of rc.3. */
function asRule(text: string) {
  const [e] = parseSelector(text);
  assert.ok(e);
  const { on, key, operator, values, itemSelector } = e;
  const expression = {
    key,
    operator,
    ...(values.length === 0 ? {} : { values }),
    ...(itemSelector === undefined ? {} : { itemSelector }),
  };
  const selector = { matchExpressions: [expression] };
  const document = {
    deviceConstraints: {
      eligibilityRules: [{ [on === 'label' ? 'labelSelector' : 'propertySelector']: selector }],
    },
  };
  return parseApplication(JSON.stringify(document)).profiles[0]?.requirement.eligibility ?? [];
}

describe('a selector', () => {
  for (const [operator, [holding, failing]] of Object.entries(cases))
    it(`judges ${operator} over properties and labels, as text and as a rule of rc.3`, () => {
      for (const [text, expected] of [
        ...holding.map((one) => [one, true] as const),
        ...failing.map((one) => [one, false] as const),
      ]) {
        const parsed = parseSelector(text);
        assert.deepEqual(
          parsed.map((e) => [e.operator, isMet(expressionConstraint(e), subject)]),
          [[operator, expected]],
          text,
        );
        assert.deepEqual(asRule(text), parsed, text);
      }
    });

  it('follows JSON Pointers with their escapes (RFC 6901)', () => {
    const [e] = asRule('/x-halden-extensions/a~1b=slash');
    assert.ok(e !== undefined && isMet(expressionConstraint(e), subject));
  });

  it('sees no label in what every object has', () => {
    for (const key of ['constructor', 'toString', '__proto__', '/constructor', '/cpus/length']) {
      const [e] = parseSelector(`${key}=x`);
      assert.ok(e);
      const constraint = expressionConstraint(e);
      assert.deepEqual([isMet(constraint, subject), constraint.offered(subject)], [false, 'absent'], key);
    }
  });

  it('holds where all its expressions hold', () => {
    const all = parseSelector(' site=plant7 , /memory>4Gi,line in (1, 2),, ');
    assert.deepEqual(
      all.map((e) => isMet(expressionConstraint(e), subject)),
      [true, true, false],
    );
    assert.deepEqual(parseSelector(''), []);
  });

  it('takes any value in double quotes: commas, brackets, signs, quotes, nothing', () => {
    for (const [text, values] of [
      ['/vendor="Brennwald, Inc. (EU)"', ['Brennwald, Inc. (EU)']],
      ['/vendor in ("a, b" , c,"d)")', ['a, b', 'c', 'd)']],
      ['/vendor!= "a=b<c>"', ['a=b<c>']],
      ['empty=""', ['']],
      ['/modelNumber=27" wide', ['27" wide']],
      [String.raw`/modelNumber="27\" \\ wide"`, [String.raw`27" \ wide`]],
    ] as const)
      assert.deepEqual(
        parseSelector(`${text}, site`).map((e) => e.values),
        [[...values], []],
        text,
      );
    const [e] = parseSelector('empty=""');
    assert.ok(e !== undefined && isMet(expressionConstraint(e), subject));
  });

  it('says what it does not understand, and what is expected there', () => {
    for (const [text, expected] of [
      ['/memory>=4Gi', /at "\/memory>=4Gi": a key, or a key, one of = != > < in notin/],
      ['site In (a)', /at "site In \(a\)": a key, or a key, one of/],
      ['/vendor="a', /a quote is not closed/],
      ['/vendor="a" b', /at "\/vendor=\\"a\\" b": a quoted value is followed by/],
      ['a=\u00000\u0000', /NUL/],
      ['/a~2b', /~0 for ~, ~1 for \//],
    ] as const)
      assert.throws(() => parseSelector(text), expected, text);
  });

  for (const text of [
    'a=(',
    '/a~2=x',
    '/~=x',
    '/a[*]b has-any (c)',
    '/a[*]/~ has-any (c)',
    'a in 1',
    '=x',
    'a=',
    'site[*]/x=1',
    'a b',
    '(',
    'x,'.repeat(40),
  ])
    it(`is refused as ${JSON.stringify(text.slice(0, 12))}`, () =>
      assert.throws(() => parseSelector(text), ProtocolError));

  it('is told which part of it is missing', () => {
    assert.throws(() => parseSelector('site='), /a value is missing/);
    assert.throws(() => parseSelector('=x'), /a key is expected/);
  });
});
