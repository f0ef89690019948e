// Plain JavaScript that runs on Node.js 20: it finds or fetches the Node.js that everything else runs on.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = realpathSync(join(dirname(fileURLToPath(import.meta.url)), '..'));

const say = (line) => process.stderr.write(`${line}\n`);
const nodeHome = join(root, 'tools', 'node');

/** @param {string} version such as 20.20.2 */
export function isRecentEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function isInstalled(directory) {
  const mark = join(directory, 'node_modules', '.muster-installed');
  return existsSync(mark) && readFileSync(mark, 'utf8') === hashOf(join(directory, 'package-lock.json'));
}

/** npm's own program: the one that runs us, or the one beside this Node.js. */
function npmProgram() {
  const beside = join(
    dirname(realpathSync(process.execPath)),
    '..',
    'lib',
    'node_modules',
    'npm',
    'bin',
    'npm-cli.js',
  );
  return [process.env.npm_execpath, beside].find((path) => path?.endsWith('npm-cli.js') && existsSync(path));
}

function withPath(node) {
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  // npm must not take our caller's settings for its own.
  for (const key of Object.keys(env))
    if (/^npm_(?:config_(?!cache|userconfig|globalconfig|registry)|package_|lifecycle_|command)/i.test(key))
      delete env[key];
  return env;
}

function npmInstall(directory, node) {
  const program = npmProgram();
  const [command, args] = program === undefined ? ['npm', []] : [node, [program]];
  return new Promise((resolve, reject) => {
    // With NODE_ENV=production npm would leave out what the tests need.
    const child = spawn(command, [...args, 'ci', '--include=dev', '--no-audit', '--no-fund'], {
      cwd: directory,
      env: withPath(node),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(`npm ci in ${directory} failed (exit ${code}):\n${output}`));
      writeFileSync(
        join(directory, 'node_modules', '.muster-installed'),
        hashOf(join(directory, 'package-lock.json')),
      );
      resolve(undefined);
    });
  });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Takes a lock when nobody has it: the file is there with its owner in it, or not at all. */
function take(lock) {
  const own = `${lock}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    try {
      linkSync(own, lock);
    } catch (error) {
      // Where a file can have one name only, it is there for a moment before its owner is in it.
      if (error.code === 'EEXIST') throw error;
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
    }
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Who has a lock; 0 for one that is no more, or has taken longer than any installation; undefined when nobody has it. */
function ownerOf(lock) {
  try {
    const owner = Number(readFileSync(lock, 'utf8'));
    return owner > 0 && isAlive(owner) && Date.now() - statSync(lock).mtimeMs < 3_600_000 ? owner : 0;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  }
}

/**
 * Lets one process install at a time; the lock of a process that is no more is no lock.
 * @param {string} lock a file in a folder that is there
 */
export async function exclusively(lock, run) {
  let said = false;
  while (!take(lock)) {
    const owner = ownerOf(lock);
    // One at a time clears away what was left, and looks again: another may have done so, and hold a lock that counts.
    if (owner === 0 && take(`${lock}.clearing`)) {
      if (ownerOf(lock) === 0) rmSync(lock, { force: true });
      rmSync(`${lock}.clearing`);
      continue;
    }
    if (ownerOf(`${lock}.clearing`) === 0) rmSync(`${lock}.clearing`, { force: true });
    if (!said && owner > 0) {
      say(`Waiting for another installation (process ${owner}) …`);
      said = true;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  try {
    return await run();
  } finally {
    rmSync(lock, { force: true });
  }
}

function installing(run) {
  const folder = join(root, '.cache');
  mkdirSync(folder, { recursive: true });
  return exclusively(join(folder, 'installing'), run);
}

function pinnedNode() {
  const name = `node-${process.platform}-${process.arch}`;
  return join(nodeHome, 'node_modules', name, 'bin', 'node');
}

async function runtime() {
  if (isRecentEnough(process.versions.node)) return process.execPath;
  const node = pinnedNode();
  if (isInstalled(nodeHome) && existsSync(node)) return node;
  await installing(async () => {
    if (isInstalled(nodeHome) && existsSync(node)) return;
    say(
      `This machine has Node.js ${process.versions.node}; Muster needs 22.18 or later: fetching a pinned one into tools/node …`,
    );
    await npmInstall(nodeHome, process.execPath);
  });
  if (!existsSync(node))
    throw new Error(
      `There is no pinned Node.js for ${process.platform} ${process.arch}. Install Node.js 22.18 or later and run this again.`,
    );
  return node;
}

/** Makes sure of a Node.js and of the dependencies. @returns the path of the Node.js to use */
export async function bootstrap() {
  const node = await runtime();
  if (!isInstalled(root)) {
    await installing(async () => {
      if (isInstalled(root)) return;
      say('Installing the dependencies (npm ci) …');
      await npmInstall(root, node);
    });
  }
  return node;
}

/** Installs a tool of the tests, which has a lock file of its own. @param name of its folder in tools/ */
export async function installTool(node, name) {
  const folder = join(root, 'tools', name);
  if (isInstalled(folder)) return;
  await installing(async () => {
    if (isInstalled(folder)) return;
    say(`Installing tools/${name} (npm ci) …`);
    await npmInstall(folder, node);
  });
}

const consoleHome = join(root, 'packages', 'console');
const builtConsole = join(consoleHome, 'dist');

/** What a build of the console is made of, as one hash: its sources, the examples it offers, and the versions of its libraries. */
function consoleSources() {
  const hash = createHash('sha256');
  const isSource = ({ name, parentPath }) =>
    !/node_modules|[\\/](?:dist|test)(?:[\\/.]|$)/.test(join(parentPath, name));
  const folders = [consoleHome, ...['applications', 'fleet'].map((name) => join(root, 'examples', name))];
  const files = folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && isSource(entry))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of [...files, join(root, 'package-lock.json')])
    hash.update(`${file.slice(root.length)} ${hashOf(file)}\n`);
  return hash.digest('hex');
}

function isConsoleBuilt() {
  const mark = join(builtConsole, '.muster-built');
  return existsSync(mark) && readFileSync(mark, 'utf8') === consoleSources();
}

/**
 * Builds the operator's console where its sources have changed since. It is built beside and put in place whole: a WFM that serves
 * it never finds half of one.
 */
export async function buildConsole(node, { isForced = false } = {}) {
  if (!isForced && isConsoleBuilt()) return;
  try {
    await installing(async () => {
      if (isForced || !isConsoleBuilt()) await makeConsole(node);
    });
  } catch (error) {
    if (isForced) throw error;
    say(`${error.message} Everything else works without it. Try again: npm run console`);
  }
}

async function makeConsole(node) {
  say('Building the console …');
  const beside = `${builtConsole}.${process.pid}`;
  const old = `${beside}.old`;
  try {
    const sources = consoleSources();
    const code = await run(node, [join(consoleHome, 'build.mjs'), beside]);
    if (code !== 0) throw new Error(`The console could not be built (exit ${code}).`);
    writeFileSync(join(beside, '.muster-built'), sources);
    if (existsSync(builtConsole)) renameSync(builtConsole, old);
    renameSync(beside, builtConsole);
  } finally {
    for (const folder of [beside, old]) rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs a program under the chosen Node.js, as if it were this process: same terminal, same signals, same exit code.
 * The channel between the two tells the child when this process dies, even by kill -9.
 */
export function run(node, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, {
      cwd: options.cwd,
      env: { ...withPath(node), MUSTER_LAUNCHED: '1' },
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const forward = (signal) => child.kill(signal);
    for (const signal of signals) process.on(signal, forward);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      for (const name of signals) process.off(name, forward);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}
