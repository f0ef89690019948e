/** The real WFM as a process that can be killed, and what operators and other WFMs bring to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { signDocument } from '@muster/pki';
import { openAuditSigner } from '../../packages/wfm/src/audit/signer.ts';
import {
  type Answer,
  call,
  capabilities,
  onboard,
  type OnboardExtras,
  type Rig,
  type TestClient,
  testClient,
} from '../../packages/wfm/test/support/wfm.ts';

const repository = new URL('../../', import.meta.url);

export interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly ca: string;
  operator(method: string, path: string, body?: unknown): Promise<Answer>;
  device(client: TestClient, extras?: OnboardExtras): Promise<Answer>;
}

/** Starts the WFM on its data folder. */
export async function start(data: string, port: number, ...more: string[]): Promise<Running> {
  const child = spawn(
    process.execPath,
    [
      '--import',
      new URL('scripts/strip-cache.mjs', repository).href,
      new URL('packages/cli/src/main.ts', repository).pathname,
      ...`wfm start --json --data ${data} --log-level error --hold-seconds 0`.split(' '),
      ...`--device-listen 127.0.0.1:${port} --operator-listen 127.0.0.1:0`.split(' '),
      ...more,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, MUSTER_LAUNCHED: '' } },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = JSON.parse(line) as { deviceUrl: string; operatorUrl: string; operatorTokenFile: string };
    const ca = await readFile(join(data, 'operator-ca.pem'), 'utf8');
    const token = (await readFile(ready.operatorTokenFile, 'utf8')).trim();
    const url = ready.deviceUrl;
    const rig = { url, send: (o: Parameters<Rig['send']>[0]) => call(url, ca, o) } as Rig;
    return {
      child,
      url,
      ca,
      device: (client, extras) => onboard(rig, client, {}, extras),
      // The file is read anew: a rotation may have changed it meanwhile.
      operator: async (method, path, body) =>
        call(ready.operatorUrl, await readFile(join(data, 'operator-ca.pem'), 'utf8'), {
          method,
          path: `/operator/v1${path}`,
          headers: {
            authorization: `Bearer ${token}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
    };
  }
  throw new Error('the WFM ended before it was ready');
}

/** A list as it comes from a factory, with one device that is really there. */
export interface List {
  readonly items: ReadonlyArray<{ fingerprint: string }>;
  readonly device: TestClient;
}

/** Makes a list of so many fingerprints. */
export async function makeList(length: number): Promise<List> {
  const device = await testClient();
  const others = Array.from({ length: length - 1 }, () => ({ fingerprint: randomBytes(32).toString('hex') }));
  return { items: [{ fingerprint: device.certificate.sha256 }, ...others], device };
}

/** A client out of another WFM: a gateway with what is behind it. */
export interface Carried {
  readonly clientId: string;
  readonly file: string;
  readonly devices: number;
}

/** Writes clients as another WFM does, whose signing key is in this directory. */
export async function otherWfm(directory: string): Promise<() => Promise<Carried>> {
  const signer = await openAuditSigner(directory, new Date());
  return async () => {
    const { certificate } = await testClient();
    const clientId = randomUUID();
    const ids = ['gw', ...Array.from({ length: 11 }, (_, i) => `gw/c${i}`)];
    const statement = {
      kind: 'client',
      clientId,
      state: 'active',
      keyFingerprint: `sha256:${certificate.spkiSha256}`,
      certificate: certificate.pem,
      labels: { site: 'north' },
      devices: ids.map((deviceId) => ({
        deviceId,
        profile: 'rc.2c',
        document: Buffer.from(capabilities(deviceId)).toString('base64'),
      })),
      receipt: null,
    };
    const file = JSON.stringify({ format: 'muster-client-1', ...(await signDocument(signer, statement)) });
    return { clientId, file, devices: ids.length };
  };
}
