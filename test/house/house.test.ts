/** What must stay true of the house itself. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { isRecentEnough } from '../../scripts/bootstrap.mjs';

const root = new URL('../../', import.meta.url).pathname;
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .trim()
  .split('\n');
const read = (file: string): string => readFileSync(root + file, 'utf8');

const mayImport: Readonly<Record<string, readonly string[]>> = {
  signatures: [],
  protocol: [],
  pki: ['signatures'],
  wfm: ['protocol', 'signatures', 'pki'],
  device: ['protocol', 'signatures', 'pki'],
  conformance: ['protocol', 'signatures', 'pki'],
  console: [],
  cli: ['protocol', 'signatures', 'pki', 'wfm', 'device', 'conformance'],
};

describe('the house', () => {
  it('rooms import only whom they may, and only through the door', () => {
    let seen = 0;
    for (const file of files.filter((f) => /^packages\/[^/]+\/src\/.*\.tsx?$/.test(f))) {
      const room = file.split('/')[1] ?? '';
      for (const [, target = ''] of read(file).matchAll(/(?:from|import\()\s*'(@muster\/[^']+)'/g)) {
        seen++;
        const [, name = '', ...rest] = target.split('/');
        assert.deepEqual(rest, [], `${file} goes past the door of ${name}`);
        assert.ok(mayImport[room]?.includes(name), `${file} may not import ${name}`);
      }
      assert.doesNotMatch(read(file), /from '(?:\.\.\/)+packages/, file);
      if (room === 'pki')
        for (const [line] of read(file).matchAll(/^import .*@muster\/signatures.*$/gm))
          assert.match(line, /^import type /, file);
    }
    assert.ok(seen > 30);
  });

  it('lock files name no download address, and every dependency has its line', () => {
    for (const lock of [
      'package-lock.json',
      'tools/node/package-lock.json',
      'tools/openapi/package-lock.json',
      'tools/browser/package-lock.json',
    ])
      assert.doesNotMatch(read(lock), /"resolved": *"http/);
    const page = read('docs/dependencies.md');
    for (const file of files.filter((f) => /^(?:(?:packages|tools)\/[^/]+\/)?package\.json$/.test(f))) {
      const { dependencies = {}, devDependencies = {} } = JSON.parse(read(file)) as Record<
        'dependencies' | 'devDependencies',
        Record<string, string> | undefined
      >;
      for (const name of [...Object.keys(dependencies), ...Object.keys(devDependencies)]) {
        if (!name.startsWith('@muster/') && !name.startsWith('@types/'))
          assert.ok(page.includes(name), `${name} has no line in docs/dependencies.md`);
      }
    }
  });

  it('links in the documentation lead somewhere', () => {
    for (const file of files.filter((f) => f.endsWith('.md'))) {
      for (const [, link = ''] of read(file).matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
        const target = new URL(link, `file:///${file}`).pathname.slice(1);
        assert.ok(files.includes(target), `${file} links to ${link}`);
      }
    }
  });

  it('every threat names a test that exists, and what it names within is there', () => {
    const rows = read('docs/threat-model.md')
      .split('\n')
      .slice(0)
      .filter((line) => /^\| (?!Threat \||-)/.test(line));
    assert.ok(rows.length > 50);
    for (const row of rows) {
      const [, threat = '', , tests = ''] = row.split(/ ?\| ?/);
      const named = [...tests.matchAll(/`([^`]+\.ts)`(?: \(([^)]+)\))?/g)];
      assert.ok(named.length > 0, `${threat} has no test`);
      for (const [, path = '', within = ''] of named) {
        assert.ok(files.includes(path), `${threat}: ${path}`);
        for (const words of within.split(', ').map((one) => one.replaceAll('…', '')))
          assert.ok(read(path).includes(words), `${threat}: ${words} in ${path}`);
      }
    }
  });

  it('a door gives out what others come for, and no more', () => {
    // What programs of others use of the client as a library: its options, and what it answers.
    const library = new Set(
      'discoverCapabilities DeviceErrorCode DowntimeWindow JoinOptions Joined Left OnEvent RebindOptions Rebound Wait'.split(
        ' ',
      ),
    );
    const sources = files.filter((file) => /\.(?:ts|mjs)$/.test(file));
    for (const room of ['signatures', 'pki', 'protocol', 'wfm', 'device', 'conformance']) {
      const door = read(`packages/${room}/src/index.ts`);
      const lists = [...door.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list = '']) =>
        list.split(','),
      );
      const own = [...door.matchAll(/^export (?:async )?(?:function|const|type|interface) (\w+)/gm)].map(
        (m) => m[1],
      );
      const names = [...lists.map((name) => name.trim().replace(/^type /, '')), ...own].filter(Boolean);
      assert.ok(names.length > 5);
      const callers = sources
        .filter((file) => !file.startsWith(`packages/${room}/`))
        .map(read)
        .filter((text) => text.includes(`'@muster/${room}'`))
        .join('\n');
      for (const name of names)
        assert.ok(
          new RegExp(`\\b${name}\\b`).test(callers) || (room === 'device' && library.has(name ?? '')),
          `${name} comes out of ${room}, and nobody takes it`,
        );
    }
  });

  it('the bootstrap knows which Node.js is recent enough', () => {
    assert.deepEqual(['20.20.2', '22.17.9', '22.18.0', '22.23.3', '26.10.0'].map(isRecentEnough), [
      false,
      false,
      true,
      true,
      true,
    ]);
  });
});

describe('the launcher', () => {
  it('runs the command under a recent Node.js, and ends with its exit code', () => {
    const launcher = `${root}packages/cli/bin/muster.mjs`;
    assert.match(execFileSync(process.execPath, [launcher, '--help'], { encoding: 'utf8' }), /Usage: muster/);
    assert.throws(() => execFileSync(process.execPath, [launcher, 'dance'], { stdio: 'pipe' }), {
      status: 2,
    });
  });
});
