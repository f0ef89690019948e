/** Every verb of the library stops when it is told to: before it begins, and in the middle of a silence. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { encodeCertificates } from '@muster/pki';
import {
  askDaemon,
  installCertificate,
  join,
  leave,
  loadDoctor,
  prepareIdentity,
  rebind,
  report,
  requestAdmission,
  requestCertificate,
  rotate,
  runAgent,
  status,
} from '../src/index.ts';
import { contentOf } from './support/content.ts';
import { isRefusal, layGround } from './support/ground.ts';
import { type OtherServers, type Served, startOtherServers } from './support/other-servers.ts';

const { fresh } = await layGround('stopping');
const { doctor } = await loadDoctor();

type Verb = (o: { stateDirectory: string; signal: AbortSignal }) => Promise<unknown>;

describe('a signal', () => {
  let servers: OtherServers;
  let trust: Served;
  let isSilent = false;
  let asked: () => void = () => undefined;
  const stateDirectory = fresh();
  const file = fresh('certificate');
  const answer = (socket: TLSSocket, body: object, more = ''): void => {
    const text = JSON.stringify(body);
    const head = `HTTP/1.1 200 OK\r\n${more}Content-Length: ${text.length}\r\nConnection: close\r\n\r\n`;
    socket.end(head + text);
  };
  before(async () => {
    servers = await startOtherServers();
    trust = await servers.serveRaw((socket, request) => {
      asked();
      if (isSilent) return;
      if (request.includes('/onboarding/certificate'))
        answer(socket, { certificate: encodeCertificates([servers.ca], 'base64-der') });
      else answer(socket, { clientId: 'c-1' }, 'muster-continuity: v1.proof\r\n');
    });
    await join({ stateDirectory, trust });
    await writeFile(file, servers.ca.pem);
  });
  after(() => servers.close());

  const remote: Record<string, Verb> = {
    join: (o) => join({ ...o, trust }),
    report,
    rotate,
    rebind: (o) => rebind({ ...o, trust }),
    leave,
    doctor,
  };
  const local: Record<string, Verb> = {
    status,
    prepareIdentity,
    requestCertificate,
    requestAdmission,
    installCertificate: (o) => installCertificate({ ...o, file }),
    askDaemon: (o) => askDaemon(o.stateDirectory, 'status', o.signal),
  };

  for (const [name, verb] of Object.entries({ ...remote, ...local }))
    it(`that is aborted already keeps ${name} from beginning`, async () => {
      const content = await contentOf(stateDirectory);
      await assert.rejects(verb({ stateDirectory, signal: AbortSignal.abort() }), isRefusal('aborted'));
      assert.deepEqual(await contentOf(stateDirectory), content);
    });

  for (const [name, verb] of Object.entries(remote))
    it(`ends ${name} while the WFM is silent, and nothing is lost`, async () => {
      const content = await contentOf(stateDirectory);
      isSilent = true;
      const controller = new AbortController();
      asked = () => controller.abort();
      try {
        await assert.rejects(verb({ stateDirectory, signal: controller.signal }), isRefusal('aborted'));
      } finally {
        isSilent = false;
        asked = () => undefined;
      }
      const now = await contentOf(stateDirectory);
      for (const [path, bytes] of Object.entries(content)) assert.equal(now[path], bytes, path);
      assert.equal((await report({ stateDirectory })).status, 200);
    });

  it('ends the daemon, at once when it is aborted already', async () => {
    await runAgent({ stateDirectory, signal: AbortSignal.abort() });
    const controller = new AbortController();
    await runAgent({
      stateDirectory,
      signal: controller.signal,
      spreadSeconds: 0,
      onEvent: (e) => {
        if (e.event === 'state' && e.state === 'active') controller.abort();
      },
    });
  });
});
