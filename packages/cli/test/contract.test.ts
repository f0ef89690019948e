/** What scripts rely on, for every command: --help, --json, one document, an exit code that says why, and a next step. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Command } from 'commander';
import { groups } from '../src/groups.ts';
import { program, run } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-contract-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Leaf {
  readonly path: readonly string[];
  readonly command: Command;
}

const leavesOf = (command: Command, path: readonly string[]): Leaf[] =>
  command.commands.length === 0
    ? [{ path, command }]
    : command.commands.flatMap((one) => leavesOf(one, [...path, one.name()]));

const leaves: Leaf[] = [];
for (const [name, load] of groups) leaves.push(...leavesOf(await load(), [name]));

/** Runs things a few at a time. */
async function each<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await act(next);
  };
  await Promise.all([worker(), worker(), worker()]);
}

/** The one document that a command with --json may print when it fails. */
function documentIn(stdout: string, what: string): Record<string, unknown> {
  const lines = stdout.trim().split('\n');
  assert.equal(lines.length, 1, `${what}: ${stdout}`);
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
}

function errorIn(stdout: string, what: string): Record<string, unknown> {
  const error = documentIn(stdout, what)['error'] as Record<string, unknown>;
  for (const key of ['code', 'message', 'nextStep'])
    assert.ok(typeof error[key] === 'string' && error[key] !== '', `${what} without ${key}`);
  return error;
}

describe('every command', () => {
  it('takes --json and --help, and says what it is for and what each option does', () => {
    assert.ok(leaves.length > 70);
    for (const { path, command } of leaves) {
      const help = command.helpInformation();
      const name = path.join(' ');
      assert.match(help, new RegExp(`^Usage: .*\\b${command.name()} `), name);
      assert.match(help, /--json/, name);
      assert.ok(command.description().length > 5, name);
      for (const option of command.options)
        assert.ok(option.description.length > 5, `${name} ${option.long}`);
    }
  });

  it('stands in the help of the whole, and answers wrong usage with 2 and one document', async () => {
    const { stdout } = await run(folder, {}, '--help');
    for (const name of groups.keys()) assert.match(stdout, new RegExp(`^  ${name} `, 'm'));
    const first = [...groups.keys()].map((name) => leaves.find((leaf) => leaf.path[0] === name)?.path ?? []);
    await each(first, async (path) => {
      const ran = await run(folder, {}, ...path, '--no-such-option', '--json');
      assert.equal(ran.code, 2, path.join(' '));
      assert.equal(errorIn(ran.stdout, path.join(' '))['exitCode'], 2);
    });
  });

  it('that asks a WFM ends with 5 and one document where there is none', async () => {
    writeFileSync(join(folder, 'file'), 'type: compose\n');
    const asks = leaves.filter(
      ({ path, command }) =>
        command.options.some((o) => o.long === '--data') &&
        !['start', 'doctor', 'place'].includes(path.at(-1) ?? ''),
    );
    assert.ok(asks.length > 45);
    const env = { XDG_CONFIG_HOME: folder, MUSTER_DATA: join(folder, 'none') };
    // The way there is the same for all; one of each group walks it.
    const one = new Map(asks.map((leaf) => [leaf.path[0], leaf]));
    await each([...one.values()], async ({ path, command }) => {
      const given = command.registeredArguments.filter((a) => a.required).map(() => 'file');
      const needed = command.options.flatMap((o) => (o.mandatory ? [o.long ?? '', 'x'] : []));
      const ran = await run(folder, env, ...path, ...given, ...needed, '--json');
      const what = [...path, ran.stderr].join(' ');
      assert.equal(ran.code, 5, what);
      assert.equal(errorIn(ran.stdout, what)['exitCode'], 5);
    });
  });
});

describe('muster --version', () => {
  it('is a number alone, as a report of a fault wants it', async () => {
    const { code, stdout } = await run(folder, {}, '--version');
    assert.deepEqual([code, /^\d+\.\d+\.\d+\n$/.test(stdout)], [0, true], stdout);
  });
});

describe('a command that asks something else than a WFM', () => {
  const answers: Record<string, (end: (status: number, text: string) => void, cut: () => void) => void> = {
    enrollments: (end) => end(200, '<html>'),
    tokens: (_, cut) => cut(),
    signers: (end) => end(502, '<html>'),
    rules: (end) => end(200, 'null'),
    trust: (end) => end(200, '"text"'),
    webhooks: (end) => end(200, ''),
  };
  const server = createServer((request, response) => {
    const name = /v1\/([a-z-]+)/.exec(request.url ?? '')?.[1] ?? '';
    answers[name]?.(
      (status, text) => response.writeHead(status).end(text),
      () => {
        response.writeHead(200, { 'content-length': '100' }).write('{"items":');
        setTimeout(() => response.destroy(), 50);
      },
    );
  });
  before(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
  after(() => server.close());

  const cases: Array<[string, string[], number, string]> = [
    ['no JSON', ['clients', 'list'], 1, 'no-operator-api'],
    ['half an answer', ['tokens', 'list'], 5, 'ECONNRESET'],
    ['a proxy that finds nobody', ['signers', 'list'], 3, '502'],
    ['null', ['rules', 'show'], 1, 'no-operator-api'],
    ['a text', ['wfm', 'trust', 'show'], 1, 'no-operator-api'],
    ['nothing', ['webhooks', 'list'], 1, 'no-operator-api'],
  ];
  for (const [name, path, code, word] of cases)
    it(`${name} → ${code} ${word}`, async () => {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const env = { MUSTER_OPERATOR_URL: url, MUSTER_OPERATOR_TOKEN: 'x' };
      const ran = await run(folder, env, ...path, '--json');
      const error = errorIn(ran.stdout, name);
      assert.deepEqual([ran.code, error['code']], [code, word], ran.stderr);
    });

  it('at no address, or with what is no token → 2, and the token is not told', async () => {
    for (const env of [
      { MUSTER_OPERATOR_URL: 'garbage', MUSTER_OPERATOR_TOKEN: 'x' },
      { MUSTER_OPERATOR_URL: 'ftp://wfm.example', MUSTER_OPERATOR_TOKEN: 'x' },
      { MUSTER_OPERATOR_URL: 'http://wfm.example', MUSTER_OPERATOR_TOKEN: 'x' },
      { MUSTER_OPERATOR_URL: 'http://127.0.0.1.wfm.example', MUSTER_OPERATOR_TOKEN: 'x' },
      { MUSTER_OPERATOR_URL: 'https://wfm.example', MUSTER_OPERATOR_TOKEN: 'sec\nret' },
    ]) {
      const ran = await run(folder, env, 'clients', 'list', '--json');
      assert.equal(ran.code, 2, ran.stderr);
      assert.doesNotMatch(ran.stdout + ran.stderr, /sec|ret\b/);
    }
  });
});

describe('files that hold something else', () => {
  it('audit verify names them, and prints one document', async () => {
    const verify = async (text: string): Promise<Record<string, unknown>> => {
      writeFileSync(join(folder, 'export'), text);
      const ran = await run(folder, {}, 'audit', 'verify', 'export', '--json');
      assert.equal(ran.code, 4, ran.stderr);
      assert.equal(errorIn(ran.stdout, text)['code'], 'audit-broken', text);
      return documentIn(ran.stdout, text);
    };
    for (const text of ['', 'null', '[]', '7\n', '{', '{}', '{"checkpoint":null}', '{"checkpoint":{}}'])
      await verify(text);
    const found = await verify('{"format":"muster-receipt-1","statement":"null","request":{}}');
    assert.equal(found['ok'], false);
    assert.deepEqual(found['findings'], [{ check: 'receipt', ok: false, detail: 'a part of it is missing' }]);
  });

  it('audit verify reads no line without an end', async () => {
    const ran = await run(folder, {}, 'audit', 'verify', '/dev/zero', '--json');
    assert.equal(ran.code, 4, ran.stderr);
    errorIn(ran.stdout, 'zeros');
  });

  it('place --check names every fault with its line in one document', async () => {
    writeFileSync(join(folder, 'app.yaml'), 'type: compose\nrequiredResources:\n  memory: 3 GB\n');
    const ran = await run(folder, {}, 'place', 'app.yaml', '--check', '--json');
    assert.equal(ran.code, 2);
    const { problems } = documentIn(ran.stdout, 'place') as { problems: { line: number }[] };
    assert.ok(problems.some((p) => p.line === 3));
  });
});

describe('a reader who leaves early', () => {
  const leave = (...args: string[]): Promise<{ code: number | null; words: string }> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [...program, ...args], { cwd: folder });
      child.stdout.destroy();
      let words = '';
      child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
      child.on('close', (code) => resolve({ code, words }));
    });

  it('ends a command that only tells, without a word', async () => {
    const examples = new URL('../../../examples/', import.meta.url).pathname;
    const application = `${examples}applications/requirements.json`;
    const left = await leave('place', application, '--fleet', `${examples}fleet`, '--json');
    assert.deepEqual(left, { code: 0, words: '' });
  });

  it('is none of the business of a device', async () => {
    const left = await leave('device', 'status', '--state', 'none', '--json');
    assert.deepEqual(left, { code: 0, words: '' });
  });
});

describe('colours', () => {
  /** A check that fails on stdout, and an error on stderr. */
  const words = async (env: Record<string, string>): Promise<string> => {
    const nowhere = await run(folder, env, 'conform', 'wfm', 'https://127.0.0.1:1', '--ca-pin', pin);
    const faulty = await run(folder, env, 'place', 'no-such-file.yaml');
    assert.match(nowhere.stdout, /✗/);
    assert.match(faulty.stderr, /error:/);
    return nowhere.stdout + faulty.stderr;
  };
  const pin = `sha256:${'0'.repeat(64)}`;

  it('are for terminals: what is piped is plain, in a CI as well', async () => {
    assert.ok(!(await words({ CI: 'true', TERM: 'xterm-256color' })).includes('\u001b'));
  });

  it('come where they are asked for', async () => {
    const colored = await words({ FORCE_COLOR: '1' });
    assert.ok(colored.includes('\u001b[31m✗\u001b[39m'));
    assert.ok(colored.includes('\u001b[31merror:\u001b[39m'));
  });
});
