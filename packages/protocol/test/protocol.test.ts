import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Capabilities,
  capabilitiesFromJson,
  capabilitiesToJson,
  decodeJoinString,
  encodeJoinString,
  formatQuantity,
  interfaceTypes,
  isClientId,
  JoinStringError,
  pairingWords,
  parseCapabilities,
  parseDeviceId,
  parseJson,
  parseQuantity,
  peripheralTypes,
  problemBody,
  type ProblemCode,
  problems,
  ProtocolError,
  readProblem,
  renderCapabilities,
  type WireProfile,
} from '../src/index.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

describe('quantities', () => {
  const good: Array<[string, bigint]> = [
    ['59 Gi', 59n << 30n],
    ['2Gi', 2n << 30n],
    [' 1862 Gi ', 1862n << 30n],
    ['0Gi', 0n],
    ['007Mi', 7n << 20n],
    ['2Ti', 2n << 40n],
    ['7Ei', 7n << 60n],
    ['1\tKi', 1024n],
  ];
  for (const [text, bytes] of good)
    it(`reads ${JSON.stringify(text)}`, () => assert.equal(parseQuantity(text).bytes, bytes));
  for (const text of [
    '',
    '-1Gi',
    '+1Gi',
    '1.5Gi',
    '1e3Gi',
    '12',
    'Gi',
    '1K',
    '1M',
    '1G',
    '59GB',
    '1MiB',
    '1gi',
    '8Ei',
    '99999999999999999999Ei',
    '1 G i',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => parseQuantity(text), ProtocolError));
  }
  it('writes what it reads', () =>
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 53n) - 1n }), (kibi) =>
        assert.equal(parseQuantity(formatQuantity(kibi * 1024n)).bytes, kibi * 1024n),
      ),
    ));
});

const profiles: WireProfile[] = ['rc.1', 'rc.2a', 'rc.2b', 'rc.2c'];

/** fast-check makes objects without a prototype; JSON has none such. */
const plain = <T>(value: T): T => structuredClone(value);

const model = fc.record({
  deviceId: fc.stringMatching(/^[A-Za-z0-9_~-]{1,12}$/),
  vendor: fc.string(),
  modelNumber: fc.string(),
  serialNumber: fc.string(),
  hosting: fc.record({
    cpuGroups: fc.array(
      fc.record({
        milliCores: fc.integer({ min: 1, max: 256_000 }),
        architecture: fc.constantFrom('amd64' as const, 'arm64' as const, 'arm' as const),
      }),
      { minLength: 1, maxLength: 1 },
    ),
    memory: fc.integer({ min: 0, max: 4096 }).map((n) => parseQuantity(`${n}Mi`)),
    storage: fc.integer({ min: 0, max: 4096 }).map((n) => parseQuantity(`${n}Gi`)),
    peripherals: fc.array(fc.record({ type: fc.constantFrom(...peripheralTypes), model: fc.string() }), {
      maxLength: 3,
    }),
    interfaces: fc.array(fc.record({ type: fc.constantFrom(...interfaceTypes) }), { maxLength: 3 }),
    otelCollector: fc.constant(true),
    runtimes: fc.constant(['oci']),
    deploymentTypes: fc.constantFrom(['compose'], ['helm'], ['helm', 'compose']),
  }),
  extensions: fc.constant({ 'x-acme-extensions': { a: 1 } }),
});

describe('capabilities', () => {
  for (const profile of profiles) {
    it(`${profile}: what is written reads back as the same model`, () => {
      fc.assert(
        fc.property(model, (made: Capabilities) => {
          const c = plain(made);
          const route = profile === 'rc.1' ? ('client' as const) : ('device' as const);
          const wire: unknown = JSON.parse(JSON.stringify(renderCapabilities(c, profile)));
          const back = parseCapabilities(wire, {
            route,
            strict: true,
            ...(route === 'device' ? { deviceId: c.deviceId } : {}),
          });
          assert.equal(back.profile, profile);
          const { roles, hosting, ...rest } = back.capabilities;
          assert.deepEqual(rest, {
            deviceId: c.deviceId,
            vendor: c.vendor,
            modelNumber: c.modelNumber,
            serialNumber: c.serialNumber,
            extensions: c.extensions,
          });
          const { otelCollector: _, ...expected } = c.hosting ?? { otelCollector: true };
          const { otelCollector: __, ...found } = hosting ?? { otelCollector: true };
          assert.deepEqual(found, expected);
          assert.equal(roles === undefined, profile === 'rc.2b' || profile === 'rc.2c');
          assert.deepEqual(
            capabilitiesFromJson(JSON.parse(JSON.stringify(capabilitiesToJson(back.capabilities)))),
            back.capabilities,
          );
        }),
        { numRuns: 60 },
      );
    });
  }

  const document = (properties: object, root: object = {}): object => ({
    apiVersion: 'device.margo.org/v1alpha1',
    kind: 'DeviceCapabilitiesManifest',
    properties: { id: 'd', vendor: 'v', modelNumber: 'm', serialNumber: 's', ...properties },
    ...root,
  });
  const hosting = {
    cpus: [{ cores: 1 }],
    memory: '1Gi',
    storage: '1Gi',
    otelCollector: true,
    supportedRuntimes: ['oci'],
    supportedDeploymentTypes: ['helm'],
  };
  const problemsOf = (value: object, route: 'client' | 'device' = 'device'): string[] => {
    try {
      parseCapabilities(value, { route });
      return [];
    } catch (error) {
      assert.ok(error instanceof ProtocolError);
      return error.problems.map((p) => p.field);
    }
  };

  it('a relay-only gateway has no hosting, and empty lists count as absent', () => {
    assert.equal(parseCapabilities(document({}), { route: 'device' }).capabilities.hosting, undefined);
    assert.deepEqual(problemsOf(document({ supportedRuntimes: [] })), []);
  });
  it('a gateway that only relays may send empty values, as rc.2-B has it, and is told where nothing is tolerated', () => {
    for (const cpu of ['cpu', 'cpus']) {
      const lists = { peripherals: [], interfaces: [], supportedRuntimes: [], supportedDeploymentTypes: [] };
      const empty = document({ [cpu]: [], memory: '', storage: '', otelCollector: false, ...lists });
      const parsed = parseCapabilities(empty, { route: 'device' });
      assert.equal(parsed.capabilities.hosting, undefined);
      assert.ok(parsed.warnings.some((w) => w.startsWith(`properties.${cpu}: `)));
      assert.throws(() => parseCapabilities(empty, { route: 'device', strict: true }), ProtocolError);
    }
  });
  it('what is named twice is named once, and roles beside a flat document take nothing from it', () => {
    const twice = document({ ...hosting, supportedRuntimes: ['oci', 'OCI', 'oci'], roles: ['Gateway'] });
    const { capabilities, profile } = parseCapabilities(twice, { route: 'device' });
    assert.deepEqual([capabilities.hosting?.runtimes, profile], [['oci'], 'rc.2c']);
  });
  it('a device without a role that hosts has no runtime', () => {
    const resources = { cpu: { cores: 1 }, memory: '1Gi', storage: '1Gi', peripherals: [], interfaces: [] };
    const { capabilities } = parseCapabilities(document({ roles: [], resources }), { route: 'client' });
    assert.deepEqual([capabilities.hosting?.runtimes, capabilities.hosting?.deploymentTypes], [[], []]);
  });
  it('says what was expected and what was found', () => {
    const wrong = { ...hosting, cpus: [{ cores: '4' }, { cores: 1e9 }], otelCollector: 'yes', storage: 5 };
    assert.throws(
      () => parseCapabilities(document(wrong), { route: 'device' }),
      (error: unknown) => {
        assert.ok(error instanceof ProtocolError);
        assert.deepEqual(
          error.problems.map((p) => p.message),
          [
            'must be true or false, found "yes"',
            'must be a string such as 8Gi, found 5',
            'must be a number above 0 and at most 1000000, found "4"',
            'must be a number above 0 and at most 1000000, found 1000000000',
          ],
        );
        return true;
      },
    );
  });
  it('all or nothing: one hosting field asks for the others, each by name', () => {
    assert.deepEqual(problemsOf(document({ memory: '1Gi' })).sort(), [
      'properties.cpus',
      'properties.otelCollector',
      'properties.storage',
      'properties.supportedDeploymentTypes',
      'properties.supportedRuntimes',
    ]);
    assert.deepEqual(problemsOf(document({ ...hosting, cpus: [] })), ['properties.cpus']);
    assert.deepEqual(problemsOf(document({ ...hosting, cpu: [{ cores: 1 }] })), ['properties.cpu']);
  });
  it('takes the other shape on a route with a warning, and aliases too', () => {
    const roles = document({
      roles: ['standalone cluster'],
      resources: {
        cpu: { cores: 1, architecture: 'X86_64' },
        memory: '59 Gi',
        storage: '1Gi',
        peripherals: [{ type: 'GPU' }],
        interfaces: [],
      },
    });
    const parsed = parseCapabilities(roles, { route: 'device' });
    assert.deepEqual(parsed.capabilities.hosting?.deploymentTypes, ['helm']);
    assert.equal(parsed.capabilities.hosting?.cpuGroups[0]?.architecture, 'amd64');
    assert.ok(parsed.warnings.length >= 3);
    assert.throws(() => parseCapabilities(roles, { route: 'device', strict: true }), ProtocolError);
  });
  it('refuses bad extensions and unknown roots, and ignores unknown properties', () => {
    assert.deepEqual(problemsOf(document({ ...hosting, extra: 1 })), []);
    assert.deepEqual(problemsOf(document(hosting, { 'x-Acme-extensions': {} })), ['x-Acme-extensions']);
    assert.deepEqual(problemsOf(document(hosting, { 'x-acme-extensions': [] })), ['x-acme-extensions']);
    assert.deepEqual(problemsOf(document(hosting, { labels: {} })), ['labels']);
  });
  for (const cores of [0, -1, '4', 0.0001, 1e-10, null, 1e9])
    it(`refuses ${JSON.stringify(cores)} cores`, () =>
      assert.deepEqual(problemsOf(document({ ...hosting, cpus: [{ cores }] })), [
        'properties.cpus[0].cores',
      ]));
});

describe('ids', () => {
  it('device ids are segments, bounded, without dots that vanish', () => {
    assert.deepEqual(parseDeviceId('gw1/rack2/a'), ['gw1', 'rack2', 'a']);
    for (const id of [
      '',
      '/',
      'a/',
      '/a',
      'a//b',
      '.',
      '..',
      'a/..',
      'a b',
      'ä',
      'a'.repeat(513),
      Array(17).fill('a').join('/'),
    ])
      assert.throws(() => parseDeviceId(id), ProtocolError, id);
  });
  it('clientIds are unreserved', () => {
    for (const id of ['a', 'client-f10ec980-1', 'A.b~c_d']) assert.ok(isClientId(id));
    for (const id of ['', '.', '..', 'a/b', 'a+b', 'a=', 'a b', 'é', 'a'.repeat(129), 'a\n'])
      assert.ok(!isClientId(id), id);
  });
});

describe('JSON', () => {
  const refused = [
    '{"a":1,"a":2}',
    '{"a":{"b":1,"b":2}}',
    '{"\\u0061":1,"a":2}',
    '{',
    '',
    'nope',
    '[1,]',
    '['.repeat(40) + ']'.repeat(40),
  ];
  for (const text of refused)
    it(`refuses ${text.slice(0, 30)}`, () =>
      assert.throws(() => parseJson(Buffer.from(text)), ProtocolError));
  it('refuses invalid UTF-8, and a hundred thousand brackets at once', () => {
    assert.throws(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22)), ProtocolError);
    assert.throws(() => parseJson(Buffer.from('['.repeat(100_000))), ProtocolError);
  });
  it('reads all other JSON as JSON.parse does', () =>
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) =>
        assert.deepEqual(parseJson(Buffer.from(JSON.stringify(value))), JSON.parse(JSON.stringify(value))),
      ),
    ));
});

describe('join strings', () => {
  const pin = `sha256:${'ab'.repeat(32)}`;
  const text = encodeJoinString(
    {
      urls: ['https://wfm.example:8443/x', 'https://b.example'],
      pins: [pin, `sha256:${'01'.repeat(32)}`],
      ticket: 't1',
    },
    sha256,
  );
  it('read back, also with blanks from pasting', () => {
    assert.deepEqual(decodeJoinString(` ${text.slice(0, 30)}\n ${text.slice(30)} `, sha256), {
      urls: ['https://wfm.example:8443/x', 'https://b.example'],
      pins: [pin, `sha256:${'01'.repeat(32)}`],
      ticket: 't1',
    });
  });
  it('notice every single wrong character', () => {
    for (let i = 0; i < text.length; i++) {
      const wrong = text.slice(0, i) + (text[i] === 'A' ? 'B' : 'A') + text.slice(i + 1);
      assert.throws(() => decodeJoinString(wrong, sha256), JoinStringError, `at ${i}`);
    }
    for (const bad of ['', 'hello', 'muster1.', 'muster2.AAAA', text.slice(0, -1), `${text}A`])
      assert.throws(() => decodeJoinString(bad, sha256), JoinStringError);
  });
});

describe('pairing words', () => {
  it('are the same for the same pin and key, and stay the same over versions', () => {
    const words = pairingWords(`sha256:${'ab'.repeat(32)}`, 'cd'.repeat(32), sha256);
    assert.deepEqual(words, pairingWords(`SHA256:${'AB'.repeat(32)}`, 'CD'.repeat(32), sha256));
    assert.equal(words.length, 6);
    assert.deepEqual(words, ['antique', 'pet', 'egg', 'reward', 'gossip', 'artist']);
  });
  it('change with either', () => {
    const all = [
      pairingWords('sha256:aa', 'bb', sha256),
      pairingWords('sha256:ab', 'bb', sha256),
      pairingWords('sha256:aa', 'bc', sha256),
    ];
    assert.equal(new Set(all.map(String)).size, 3);
  });
});

describe('problems', () => {
  it('have one type each, and the superset body', () => {
    const types = Object.values(problems).map((p) => p.type);
    assert.equal(new Set(types).size, types.length);
    for (const code of Object.keys(problems) as ProblemCode[]) {
      const body = problemBody(code, { detail: 'd' });
      for (const key of ['type', 'title', 'status', 'detail', 'error', 'message'])
        assert.ok(key in body, `${code} ${key}`);
    }
  });
  it('are read in all published shapes', () => {
    assert.equal(readProblem(400, { Error: 'x' }).detail, 'x');
    assert.equal(readProblem(401, { error: 'Invalid signature', message: 'm' }).detail, 'm');
    assert.deepEqual(
      readProblem(422, { status: 'validation_failed', errors: [{ rule_id: 'r', error: 'e' }] }).errors,
      [{ field: 'r', message: 'e' }],
    );
    assert.equal(readProblem(500, 'text').status, 500);
  });
});
