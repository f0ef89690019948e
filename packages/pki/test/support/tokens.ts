/** Real tokens: SoftHSM, and a software TPM behind tpm2-pkcs11. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const first = (...paths: string[]): string => paths.find((p) => existsSync(p)) ?? '';
const softhsmModule = first(
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
);
const tpmModule = first(
  '/usr/lib/x86_64-linux-gnu/libtpm2_pkcs11.so.1',
  '/usr/lib/aarch64-linux-gnu/libtpm2_pkcs11.so.1',
);
const tool = existsSync('/usr/bin/pkcs11-tool');

/** Why tests with SoftHSM cannot run here; false when they can. */
export const noSofthsm =
  softhsmModule === '' || !existsSync('/usr/bin/softhsm2-util') ? 'softhsm2 is not installed' : false;
/** Why tests with a TPM cannot run here; false when they can. */
export const noTpm =
  tpmModule === '' || !tool || !existsSync('/usr/bin/swtpm')
    ? 'swtpm, libtpm2-pkcs11-1 or opensc is not installed'
    : false;

export const pin = '4711-secret';

export interface Softhsm {
  readonly root: string;
  /** Where SoftHSM keeps its tokens; moving it away is pulling the token. */
  readonly tokens: string;
  readonly pinFile: string;
  readonly env: Readonly<Record<string, string>>;
  uri(object: string, more?: string): string;
  close(): Promise<void>;
}

/** A SoftHSM with one token `plant`; its settings go into this process's environment. */
export async function startSofthsm(): Promise<Softhsm> {
  const root = await mkdtemp(join(tmpdir(), 'muster-hsm-'));
  const tokens = join(root, 'tokens');
  await mkdir(tokens);
  const conf = join(root, 'softhsm2.conf');
  await writeFile(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  const pinFile = join(root, 'pin');
  await writeFile(pinFile, `${pin}\n`, { mode: 0o600 });
  const env = { SOFTHSM2_CONF: conf };
  Object.assign(process.env, env);
  execFileSync(
    'softhsm2-util',
    ['--init-token', '--free', '--label', 'plant', '--pin', pin, '--so-pin', '1234'],
    { env: { ...process.env, ...env }, stdio: 'ignore' },
  );
  return {
    root,
    tokens,
    pinFile,
    env,
    uri: (object, more = `&pin-source=file:${pinFile}`) =>
      `pkcs11:token=plant;object=${object}?module-path=${softhsmModule}${more}`,
    close: () => rm(root, { recursive: true, force: true }),
  };
}

async function freePorts(): Promise<[number, number]> {
  for (;;) {
    const port = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
      });
    });
    // swtpm takes the port after it, too.
    const isNextFree = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port + 1, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isNextFree) return [port, port + 1];
  }
}

export interface Tpm {
  readonly pinFile: string;
  readonly env: Readonly<Record<string, string>>;
  uri(object: string): string;
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** A software TPM with one token `muster`; its settings go into this process's environment. */
export async function startTpm(): Promise<Tpm> {
  const root = await mkdtemp(join(tmpdir(), 'muster-tpm-'));
  await mkdir(join(root, 'state'));
  await mkdir(join(root, 'store'));
  const [port, control] = await freePorts();
  const env = {
    TPM2_PKCS11_TCTI: `swtpm:host=127.0.0.1,port=${port}`,
    TPM2_PKCS11_STORE: join(root, 'store'),
    TPM2_PKCS11_LOG_LEVEL: '0',
    TSS2_LOG: 'all+NONE',
  };
  Object.assign(process.env, env);
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn(
      'swtpm',
      [
        'socket',
        '--tpm2',
        '--tpmstate',
        `dir=${join(root, 'state')}`,
        '--server',
        `type=tcp,port=${port},bindaddr=127.0.0.1`,
        '--ctrl',
        `type=tcp,port=${control},bindaddr=127.0.0.1`,
        '--flags',
        'not-need-init,startup-clear',
      ],
      { stdio: 'ignore' },
    );
    for (let i = 0; i < 100; i++) {
      const up = await new Promise<boolean>((resolve) => {
        const socket = createConnection(control, '127.0.0.1', () => {
          socket.destroy();
          resolve(true);
        }).once('error', () => resolve(false));
      });
      if (up) return;
      await sleep(30);
    }
    throw new Error('swtpm does not start');
  };
  const stop = async (): Promise<void> => {
    const running = child;
    child = undefined;
    if (running === undefined) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
  };
  await start();
  const run = (...args: string[]): unknown =>
    execFileSync('pkcs11-tool', ['--module', tpmModule, ...args], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
    });
  run('--slot-index', '0', '--init-token', '--label', 'muster', '--so-pin', '1234');
  run('--token-label', 'muster', '--init-pin', '--so-pin', '1234', '--pin', pin);
  const pinFile = join(root, 'pin');
  await writeFile(pinFile, pin, { mode: 0o600 });
  return {
    pinFile,
    env,
    uri: (object) =>
      `pkcs11:token=muster;object=${object}?module-path=${tpmModule}&pin-source=file:${pinFile}`,
    start,
    stop,
    async close() {
      await stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}
