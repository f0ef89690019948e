/** Random devices, requirements and selectors; few values, so that they often meet. */
import { interfaceTypes, parseQuantity, peripheralTypes, type Requirement } from '@muster/protocol';
import fc from 'fast-check';
import { requirementFromJson } from '../../src/placement/taken.ts';

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const peripheral = fc
  .record({
    type: pick(...peripheralTypes.slice(0, 3)),
    manufacturer: fc.option(pick('Optowerk', 'NVIDIA'), { nil: undefined }),
    model: fc.option(pick('A', 'B'), { nil: undefined }),
  })
  .map(({ type, manufacturer, model }) => ({
    type,
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(model === undefined ? {} : { model }),
  }));
const interfaceType = pick(...interfaceTypes.slice(0, 3));
const quantity = pick('512Mi', '1Gi', '2Gi', '3Gi', '8Gi').map(parseQuantity);
const architecture = pick('amd64', 'arm64', 'arm');

const hosting = fc.record({
  cpuGroups: fc.array(
    fc
      .record({
        milliCores: pick(500, 1000, 2000, 4000),
        architecture: fc.option(architecture, { nil: undefined }),
      })
      .map(({ milliCores, architecture: a }) => ({
        milliCores,
        ...(a === undefined ? {} : { architecture: a as 'amd64' | 'arm64' | 'arm' }),
      })),
    { minLength: 1, maxLength: 3 },
  ),
  memory: quantity,
  storage: quantity,
  peripherals: fc.array(peripheral, { maxLength: 4 }),
  interfaces: fc.array(
    interfaceType.map((type) => ({ type })),
    { maxLength: 3 },
  ),
  runtimes: pick(['oci'], ['oci', 'custom']),
  deploymentTypes: pick(['helm'], ['compose'], ['helm', 'compose']),
});

export const expression = fc.oneof(
  fc.record({
    on: pick('label' as const),
    key: pick('site', 'line'),
    operator: pick('In' as const, 'NotIn' as const, 'Exists' as const, 'DoesNotExist' as const),
    values: fc.constant(['a']),
  }),
  fc.record({
    on: pick('label' as const),
    key: pick('line'),
    operator: pick('Gt' as const, 'Lt' as const),
    values: pick(['1'], ['2']),
  }),
  fc.record({
    on: pick('property' as const),
    key: pick('/vendor', '/serialNumber'),
    operator: pick('In' as const, 'NotIn' as const),
    values: pick(['V1'], ['S1', 'V2', 'S2']),
  }),
  fc.record({
    on: pick('property' as const),
    key: pick('/memory'),
    operator: pick('Gt' as const, 'Lt' as const),
    values: pick(['1Gi'], ['2Gi']),
  }),
  fc.record({
    on: pick('property' as const),
    key: pick('/supportedDeploymentTypes'),
    operator: pick('ContainsAll' as const, 'ContainsAny' as const),
    values: pick(['helm'], ['helm', 'compose']),
  }),
  fc.record({
    on: pick('property' as const),
    key: pick('/peripherals'),
    operator: pick('ContainsAll' as const, 'ContainsAny' as const),
    values: pick<string[]>(['gpu'], ['gpu', 'display']),
    itemSelector: pick('/type'),
  }),
  fc.record({
    on: pick('property' as const),
    key: pick('/memory', '/supportedDeploymentTypes'),
    operator: pick('Exists' as const, 'DoesNotExist' as const),
    values: pick<string[]>([]),
  }),
);

/** Which devices are meant, and how they are listed. */
export const part = fc.record({
  target: pick(undefined, undefined, undefined, 'd0/*', 'd0', 'd1/child'),
  text: pick(undefined, undefined, undefined, 'v1', 'S2', 'SITE=a', 'd1', 'G g'),
  client: fc.option(fc.nat({ max: 2 }), { nil: undefined, freq: 3 }),
  spread: pick(undefined, 'gateway', 'site', 'constructor'),
});

export const requirement: fc.Arbitrary<Requirement> = fc
  .record({
    deploymentType: fc.option(pick('helm', 'compose'), { nil: undefined }),
    runtime: fc.option(pick('oci', 'custom'), { nil: undefined }),
    cpu: fc.option(
      fc.record({
        milliCores: pick(250, 1000, 2000),
        architectures: fc.option(
          fc.uniqueArray(pick('amd64', 'arm64', 'arm', 'riscv64', 'other'), { minLength: 1, maxLength: 2 }),
          {
            nil: undefined,
          },
        ),
      }),
      { nil: undefined },
    ),
    memory: fc.option(quantity, { nil: undefined }),
    storage: fc.option(quantity, { nil: undefined }),
    peripherals: fc.array(fc.oneof({ weight: 9, arbitrary: peripheral }, pick({ type: 'other' })), {
      maxLength: 2,
    }),
    interfaces: fc.array(interfaceType, { maxLength: 2 }),
    eligibility: fc.array(expression, { maxLength: 1 }),
  })
  .map(
    (r) =>
      JSON.parse(JSON.stringify(r, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v))) as Record<
        string,
        unknown
      >,
  )
  .map((r) =>
    requirementFromJson(
      JSON.stringify({
        ...r,
        memory: (r['memory'] as { text: string } | undefined)?.text,
        storage: (r['storage'] as { text: string } | undefined)?.text,
      }),
    ),
  );

export const device = fc.record({
  hosting: fc.option(hosting, { nil: undefined, freq: 8 }),
  vendor: pick('V1', 'V2'),
  serial: pick('S1', 'S2', 'S3'),
  labels: fc.record({ site: pick('', 'a', 'b'), line: pick('', '1', '2') }),
  child: fc.boolean(),
  blocked: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  reservations: fc.array(requirement, { maxLength: 2 }),
});
