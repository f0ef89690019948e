/** `muster place` without a server: every example answers at once, and what is wrong says where. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

const root = new URL('../../', import.meta.url).pathname;
const directory = mkdtempSync(join(tmpdir(), 'muster-place-'));
after(() => rmSync(directory, { recursive: true, force: true }));

function place(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [`${root}packages/cli/src/main.ts`, 'place', ...args], {
    encoding: 'utf8',
    cwd: root,
  });
}

interface Answer {
  readonly devices: number;
  readonly copies: number;
  readonly enough: boolean;
  readonly candidates: { deviceId: string; waste: number; profile: string; clientId: string }[];
  readonly notFitting: { deviceId: string }[];
  readonly nearestMisses: { devices: number; lacks: string }[];
  readonly whatIf?: Answer;
}

/** The answer about an example on the fleet of the examples. */
function onExamples(name: string, ...more: string[]): Answer {
  const fleet = ['--fleet', 'examples/fleet', '--json'];
  const { status, stdout, stderr } = place(`examples/applications/${name}`, ...fleet, ...more);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Answer;
}
const ids = (a: Answer): string[] => a.candidates.map((c) => c.deviceId);

/** What the documentation and the examples themselves say comes out, of every example there is. */
const expected: Readonly<Record<string, [string, string, number][]>> = {
  'visual-check.yaml': [
    ['press-4', 'on-one-machine', 1677],
    ['vision-2', 'on-one-machine', 1921],
    ['vision-1', 'on-a-cluster', 2126],
  ],
  'line-dashboard.yaml': [
    ['panel-9', 'small', 1750],
    ['press-4', 'small', 2756],
  ],
  'requirements.json': [
    ['press-5', 'requirements', 2147],
    ['press-4', 'requirements', 2513],
  ],
  'visual-check-deployment.yaml': [['vision-1', 'helm', 3000]],
};

describe('muster place', () => {
  for (const name of readdirSync(`${root}examples/applications`))
    it(`answers ${name} at once`, () => {
      const answer = onExamples(name);
      assert.deepEqual(
        answer.candidates.map((c) => [c.deviceId, c.profile, c.waste]),
        expected[name],
      );
    });

  it('says what the others lack, and whether all copies find a place', () => {
    const answer = onExamples('visual-check.yaml', '--count', '4');
    assert.deepEqual(
      answer.notFitting.map((d) => d.deviceId),
      ['press-5', 'panel-9'],
    );
    assert.deepEqual(answer.nearestMisses, [{ devices: 1, lacks: '512Mi of memory', constraint: 'memory' }]);
    assert.deepEqual([answer.devices, answer.copies, answer.enough], [5, 3, false]);
    for (const [name, expected] of [
      ['visual-check.yaml', '1 device lacks only 512Mi of memory.'],
      ['line-dashboard.yaml', '2 devices fail only the rule /peripherals[*]/type contains any of (display).'],
    ] as const) {
      const { stderr } = place(`examples/applications/${name}`, '--fleet', 'examples/fleet');
      assert.ok(stderr.split('\n').includes(expected), stderr);
    }
  });

  it('judges only the device that a deployment names, unless another is named', () => {
    const deployment = 'visual-check-deployment.yaml';
    assert.equal(onExamples(deployment).devices, 1);
    const other = onExamples(deployment, '--target', 'press-4');
    assert.deepEqual([other.devices, ids(other), other.notFitting[0]?.deviceId], [1, [], 'press-4']);
    const text = readFileSync(`${root}examples/applications/${deployment}`, 'utf8');
    const nowhere = join(directory, 'nowhere.yaml');
    writeFileSync(nowhere, text.replace('deviceId: vision-1', 'deviceId: vision-1/*'));
    const { stdout } = place(nowhere, '--fleet', 'examples/fleet', '--json');
    assert.equal((JSON.parse(stdout) as Answer).devices, 0);
  });

  it('narrows by selector and text, spreads, and answers what if', () => {
    const large = ['--selector', '/memory>6Gi, /vendor in (Halden Robotics)', '--text', 'VISION'];
    assert.deepEqual(ids(onExamples('visual-check.yaml', ...large)), ['vision-2', 'vision-1']);
    const spread = onExamples('visual-check.yaml', '--spread', 'gateway', '--limit', '2');
    assert.deepEqual(ids(spread), ['press-4', 'vision-2']);
    const whatIf = onExamples(
      'visual-check.yaml',
      ...'--if-cores 2 --if-memory 3Gi --if-storage 1Gi --if-device examples/fleet/vision-2.json'.split(' '),
    ).whatIf;
    assert.deepEqual([whatIf?.devices, whatIf?.candidates.some((c) => c.deviceId === 'press-5')], [6, true]);
    assert.ok(whatIf?.candidates.some((c) => c.clientId === '(not yet bought)'));
  });

  it('refuses what cannot be asked with 2, and says what is taken', () => {
    const empty = mkdtempSync(join(directory, 'empty-'));
    for (const [more, expected] of [
      [['--count', '0'], /from 1 to 1000000/],
      [['--limit', '1001'], /from 0 to 1000/],
      [['--if-cores', '0'], /above 0/],
      [['--if-memory', 'much'], /whatIf\.memory "much" is no quantity/],
      [['--selector', '(('], /a bracket is not closed/],
      [['--target', '*'], /The target is wrong.*[^]*gw\/\*/],
      [['--spread', ''], /--spread gateway/],
      [['--why', 'panel-9', '--if-cores', '1'], /Leave out --why/],
      [['--fleet', empty], /no capability document/],
    ] as const) {
      const fleet = ['--fleet', 'examples/fleet'];
      const { status, stderr } = place('examples/applications/visual-check.yaml', ...fleet, ...more);
      assert.deepEqual([status, expected.test(stderr)], [2, true], `${more.join(' ')}: ${stderr}`);
      assert.match(stderr, /next: /);
    }
  });

  it('says in one line that a gateway only relays, and that nobody is meant', () => {
    const fleet = mkdtempSync(join(directory, 'relay-'));
    const { apiVersion, kind, properties } = JSON.parse(
      readFileSync(`${root}examples/fleet/panel-9.json`, 'utf8'),
    ) as { apiVersion: string; kind: string; properties: Record<string, string> };
    const { vendor, modelNumber, serialNumber } = properties;
    const relay = { apiVersion, kind, properties: { id: 'gw', vendor, modelNumber, serialNumber } };
    writeFileSync(join(fleet, 'gw.json'), JSON.stringify(relay));
    const told = (...more: string[]): string =>
      place('examples/applications/visual-check.yaml', '--fleet', fleet, ...more).stderr;
    assert.equal(
      told(),
      'On these documents: 0 of 1 devices fit, 0 copies (not enough).\ngw cannot: it takes no workloads.\n',
    );
    assert.match(told('--target', 'gw/*'), /No device is meant/);
  });

  it('spreads over a label that devices say themselves, and shows it', () => {
    const fleet = mkdtempSync(join(directory, 'sites-'));
    const press = JSON.parse(readFileSync(`${root}examples/fleet/press-4.json`, 'utf8')) as {
      properties: object;
    };
    for (const [id, site] of [
      ['a1', 'north'],
      ['a2', 'north'],
      ['b1', 'south'],
    ] as const) {
      const document = {
        ...press,
        properties: { ...press.properties, id },
        'x-muster-extensions': { labels: { site } },
      };
      writeFileSync(join(fleet, `${id}.json`), JSON.stringify(document));
    }
    const { stdout } = place('examples/applications/visual-check.yaml', '--fleet', fleet, '--spread', 'site');
    assert.deepEqual(
      [...stdout.matchAll(/^ (\S+) .* (north|south) /gm)].map((m) => [m[1], m[2]]),
      [
        ['a1', 'north'],
        ['b1', 'south'],
        ['a2', 'north'],
      ],
    );
  });

  it('explains one document, constraint by constraint', () => {
    const why = (id: string) =>
      place('examples/applications/requirements.json', '--fleet', 'examples/fleet', '--why', id, '--json');
    const { fits, profiles } = JSON.parse(why('panel-9').stdout) as {
      fits: boolean;
      profiles: { checks: { constraint: string; met: boolean }[] }[];
    };
    assert.equal(fits, false);
    assert.deepEqual(
      profiles[0]?.checks.filter((c) => !c.met).map((c) => c.constraint),
      ['interfaces'],
    );
    assert.equal(why('nobody').status, 2);
  });

  it('names every fault of a file with its line, and ends with 2', () => {
    const file = join(directory, 'wrong.yaml');
    writeFileSync(file, 'type: x\nrequiredResources:\n  memory: 4\n');
    const { status, stderr } = place(file, '--check');
    assert.equal(status, 2);
    assert.match(stderr, /wrong\.yaml:1:1: type must be one of/);
    assert.match(stderr, /wrong\.yaml:3:3: requiredResources\.memory must be digits/);
    assert.equal(place(join(directory, 'none.yaml')).status, 2);
    writeFileSync(file, 'type: x # \u00e4\n', 'latin1');
    assert.match(place(file, '--check').stderr, /wrong\.yaml is not in UTF-8/);
  });

  it('names every fault of a capability document with its line, too', () => {
    const panel = readFileSync(`${root}examples/fleet/panel-9.json`, 'utf8');
    const fleet = mkdtempSync(join(directory, 'fleet-'));
    const wrong = panel.replace('"memory": "1Gi"', '"memory": "1GB"').replace('"display"', '"screen"');
    assert.notEqual(wrong, panel);
    writeFileSync(join(fleet, 'panel-9.json'), wrong);
    const { status, stderr } = place('examples/applications/requirements.json', '--fleet', fleet);
    assert.equal(status, 2);
    const line = (part: string): number => wrong.slice(0, wrong.indexOf(part)).split('\n').length;
    assert.match(stderr, new RegExp(`panel-9\\.json:${line('1GB')}:\\d+: properties\\.memory `));
    assert.match(
      stderr,
      new RegExp(`panel-9\\.json:${line('screen')}:\\d+: properties\\.peripherals\\[0\\]\\.type `),
    );
    for (const more of [
      ['--count', 'many'],
      ['--if-cores', '-1'],
      ['--client', 'x'],
      ['--fleet', 'none'],
    ])
      assert.equal(
        place('examples/applications/requirements.json', '--fleet', fleet, ...more).status,
        2,
        more[0],
      );
  });
});
