/** What the scripts promise about processes: two first starts at once, and nothing left behind. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, it } from 'node:test';

const root = new URL('../../', import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), 'muster-processes-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const env = { ...process.env, MUSTER_LAUNCHED: '' };

async function gone(pid: number): Promise<boolean> {
  for (let i = 0; i < 100; i++) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

const firstLine = async (stream: NodeJS.ReadableStream): Promise<string> => {
  for await (const line of createInterface({ input: stream })) return line;
  throw new Error('there was no line');
};

/**
 * Leaves out what no start needs and takes longest: the tools of the tests, and a library that compiles itself. (`npm test` on a
 * fresh clone has installed all of it.)
 */
function lighten(clone: string): void {
  interface Needs {
    devDependencies?: object;
    optionalDependencies?: object;
  }
  const edit = <T>(file: string, change: (content: T) => void): void => {
    const content = JSON.parse(readFileSync(join(clone, file), 'utf8')) as T;
    change(content);
    writeFileSync(join(clone, file), JSON.stringify(content));
  };
  const withoutTools = (needs: Needs): boolean => delete needs.devDependencies;
  const withoutTokens = (needs: Needs): boolean => delete needs.optionalDependencies;
  edit('package.json', withoutTools);
  edit('packages/pki/package.json', withoutTokens);
  edit<{ packages: Record<string, Needs> }>('package-lock.json', ({ packages }) => {
    withoutTools(packages[''] ?? {});
    withoutTokens(packages['packages/pki'] ?? {});
    delete packages['node_modules/pkcs11js'];
  });
}

describe('first starts', () => {
  const clone = join(scratch, 'clone');
  it('install once when two come at the same time, and both work', async () => {
    const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
    });
    for (const file of files.trim().split('\n')) {
      mkdirSync(dirname(join(clone, file)), { recursive: true });
      if (existsSync(join(root, file))) cpSync(join(root, file), join(clone, file));
    }
    lighten(clone);
    const starts = [1, 2].map(async () => {
      const child = spawn(process.execPath, [join(clone, 'packages/cli/bin/muster.mjs'), '--help'], { env });
      const [out, err] = ['', ''];
      const seen = { out, err };
      child.stdout.on('data', (chunk: Buffer) => (seen.out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (seen.err += chunk.toString()));
      const [code] = (await once(child, 'exit')) as [number];
      return { code, ...seen };
    });
    const results = await Promise.all(starts);
    for (const { code, out, err } of results) {
      assert.equal(code, 0, err);
      assert.match(out, /Usage: muster/);
    }
    const installs = results.filter((r) => r.err.includes('Installing the dependencies')).length;
    assert.equal(installs, 1, results.map((r) => r.err).join('\n---\n'));
  });

  it('build the console once when two come at the same time, and again when its sources have changed', async () => {
    const program = `
      import { buildConsole } from '${clone}/scripts/bootstrap.mjs';
      await buildConsole(process.execPath);`;
    const build = async (): Promise<string> => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], { env });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      const [code] = (await once(child, 'exit')) as [number];
      assert.equal(code, 0, said);
      return said;
    };
    const room = join(clone, 'packages/console');
    const builds = (said: string[]): number => said.join('').split('Building the console').length - 1;
    assert.equal(builds(await Promise.all([build(), build()])), 1);
    assert.ok(existsSync(join(room, 'dist/index.html')));
    assert.equal(builds([await build()]), 0);
    appendFileSync(join(room, 'src/style.css'), '\n.changed { color: red }\n');
    assert.equal(builds([await build()]), 1);
    // One that fails says so, leaves the last good one where it is, and keeps nobody from starting.
    appendFileSync(join(room, 'src/main.tsx'), '\nthis is no TypeScript');
    assert.match(await build(), /could not be built \(exit 1\)\. Everything else works without it/);
    assert.ok(existsSync(join(room, 'dist/index.html')));
    assert.deepEqual(
      readdirSync(room).filter((name) => name.startsWith('dist')),
      ['dist'],
    );
  });
});

describe('the lock of an installation', () => {
  const folder = mkdtempSync(join(scratch, 'lock-'));
  const lock = join(folder, 'installing');
  const log = join(folder, 'log');
  const program = `
    import { appendFileSync } from 'node:fs';
    import { exclusively } from '${root}scripts/bootstrap.mjs';
    await exclusively('${lock}', async () => {
      appendFileSync('${log}', 'in\\n');
      await new Promise((resolve) => setTimeout(resolve, 30));
      appendFileSync('${log}', 'out\\n');
    });`;

  it('that its owner has left behind is taken over by one of many, and then by the next', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await once(dead, 'exit');
    for (const left of [String(dead.pid), '', 'nonsense', '999999999']) {
      writeFileSync(lock, left);
      writeFileSync(log, '');
      const all = Array.from({ length: 8 }, async () => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
        return ((await once(child, 'exit')) as [number])[0];
      });
      assert.deepEqual(new Set(await Promise.all(all)), new Set([0]));
      assert.equal(readFileSync(log, 'utf8'), 'in\nout\n'.repeat(8));
      assert.deepEqual(readdirSync(folder), ['log']);
    }
  });
});

describe('a killed parent', () => {
  it('takes the WFM behind the launcher with it', async () => {
    const program = `
      import { run } from '${root}scripts/bootstrap.mjs';
      await run(process.execPath, ['${root}packages/cli/src/main.ts', 'wfm', 'start', '--json', '--log-level', 'warn',
        '--data', '${join(scratch, 'wfm')}', '--device-listen', '127.0.0.1:0', '--operator-listen', '127.0.0.1:0']);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await firstLine(parent.stdout);
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(parent.pid)], { encoding: 'utf8' });
    const wfm = Number(children.trim().split(/\s+/)[0]);
    assert.ok(wfm > 0);
    parent.kill('SIGKILL');
    assert.ok(await gone(wfm), 'the WFM has ended');
  });

  it('takes the processes of a test run with it', async () => {
    const hook = new URL('../../scripts/end-with-parent.mjs', import.meta.url).href;
    const program = `
      import { spawn } from 'node:child_process';
      spawn(process.execPath, ['--import', '${hook}', '-e', 'console.log(process.pid); setInterval(() => {}, 1000)'], { stdio: 'inherit' });`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const child = Number(await firstLine(parent.stdout));
    parent.kill('SIGKILL');
    assert.ok(await gone(child), 'the child has ended');
  });
});

describe('muster start', () => {
  it('continues with the same client on a second run, also when its port is taken', async () => {
    const cwd = mkdtempSync(join(scratch, 'start-'));
    const main = join(root, 'packages/cli/src/main.ts');
    const start = async (): Promise<{ code: number; out: string; err: string }> => {
      const child = spawn(process.execPath, [main, 'start', '--once', '--json'], { env, cwd });
      const seen = { out: '', err: '' };
      child.stdout.on('data', (chunk: Buffer) => (seen.out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (seen.err += chunk.toString()));
      const [code] = (await once(child, 'exit')) as [number];
      return { code, ...seen };
    };
    const clientId = (text: string): string | undefined => /"clientId":"([^"]+)"/.exec(text)?.[1];
    const first = await start();
    assert.equal(first.code, 0, first.err);
    const taken = createServer().listen(8443, '0.0.0.0');
    // Somebody else may have it already, which is as good.
    await Promise.race([once(taken, 'listening'), once(taken, 'error').catch(() => undefined)]);
    const second = await start();
    taken.close();
    assert.equal(second.code, 0, second.err);
    assert.match(second.err, /port 8443 is taken/);
    assert.ok(clientId(first.out) !== undefined);
    assert.equal(clientId(second.out), clientId(first.out));
  });
});
