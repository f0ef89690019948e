/** The worked examples of docs/placement.md are true, on the applications and the fleet of `examples/`. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type Capabilities, parseApplication, parseCapabilitiesText } from '@muster/protocol';
import { answerOnDocuments } from '../../src/placement/documents.ts';
import { compileRequired, driftOf } from '../../src/placement/required.ts';
import { subjectOf } from '../../src/placement/subject.ts';

const root = new URL('../../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const page = read('docs/placement.md');
const fleet = new Map(
  readdirSync(new URL('examples/fleet', root)).map((name): [string, Capabilities] => {
    const { capabilities } = parseCapabilitiesText(read(`examples/fleet/${name}`), { route: 'device' });
    return [capabilities.deviceId, capabilities];
  }),
);
function device(id: string): Capabilities & { hosting: NonNullable<Capabilities['hosting']> } {
  const found = fleet.get(id);
  assert.ok(found?.hosting !== undefined, id);
  return { ...found, hosting: found.hosting };
}
const fits = (needs: object, on: Capabilities): boolean =>
  answerOnDocuments(
    parseApplication(JSON.stringify({ requiredResources: needs })),
    { count: 1, limit: 1, notFitting: 0 },
    [on],
  ).fitting === 1;

/** The words that an example hangs on must be on the page; otherwise it was changed, and this test must follow. */
function says(...words: string[]): void {
  const flat = page.replace(/\s+/g, ' ');
  for (const word of words) assert.ok(flat.includes(word), `docs/placement.md does not say: ${word}`);
}

describe('the worked examples', () => {
  it('of CPU entries that never add up', () => {
    says('`vision-1` reports 8 cores of `amd64` and half a core of `arm`', '8.5 cores do not fit');
    const on = device('vision-1');
    assert.deepEqual(
      on.hosting.cpuGroups.map((g) => [g.milliCores, g.architecture]),
      [
        [8000, 'amd64'],
        [500, 'arm'],
      ],
    );
    assert.equal(fits({ cpu: { cores: 4, architectures: ['amd64'] } }, on), true);
    assert.equal(fits({ cpu: { cores: 8.5 } }, on), false);
  });

  it('of two cameras, assigned as a whole', () => {
    says('Two cameras are needed, one of them by Optowerk');
    const on = device('press-4');
    const two = { peripherals: [{ type: 'camera' }, { type: 'camera', manufacturer: 'Optowerk' }] };
    const having = (...peripherals: NonNullable<Capabilities['hosting']>['peripherals']): Capabilities => ({
      ...on,
      hosting: { ...on.hosting, peripherals },
    });
    const [named, other] = [
      { type: 'camera', manufacturer: 'optowerk' } as const,
      { type: 'camera' } as const,
    ];
    assert.deepEqual(
      [having(named, other), having(other, named), having(named), having(other, other)].map((c) =>
        fits(two, c),
      ),
      [true, true, false, false],
    );
  });

  it('of waste', () => {
    says('428 + 333 + 916 = 1677');
    const application = parseApplication(read('examples/applications/visual-check.yaml'));
    const answer = answerOnDocuments(application, { count: 1, limit: 1, notFitting: 0 }, [...fleet.values()]);
    const parts = [1.5 / 3.5, 2 / 6, 110 / 120].map((share) => Math.floor(1000 * share));
    assert.deepEqual(parts, [428, 333, 916]);
    assert.deepEqual([answer.candidates[0]?.deviceId, answer.candidates[0]?.waste], ['press-4', 1677]);
  });

  it('of drift', () => {
    says(
      '`vision-2` can host it by `on-one-machine`',
      '`peripherals: needs camera, offered none`',
      '`panel-9`',
    );
    const application = parseApplication(read('examples/applications/visual-check.yaml'));
    const required = compileRequired('visual-check', application, []);
    const unplugged = (id: string) => {
      const before = device(id);
      const after = { ...before, hosting: { ...before.hosting, peripherals: [] } };
      return driftOf(required, id, subjectOf(before, {}), subjectOf(after, {}), undefined);
    };
    assert.deepEqual(unplugged('vision-2'), {
      profile: 'on-one-machine',
      lost: ['peripherals: needs camera, offered none'],
    });
    assert.equal(unplugged('panel-9'), null);
  });

  it('of what they say about the examples', () => {
    says('on five capability documents');
    assert.equal(fleet.size, 5);
  });
});
