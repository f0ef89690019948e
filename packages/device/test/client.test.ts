/** The client against a real WFM, and against servers that speak other dialects or behave badly. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join as joinPath } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Wfm } from '@muster/wfm';
import {
  DeviceError,
  type DeviceEvent,
  discoverCapabilities,
  join,
  leave,
  prepareIdentity,
  report,
  rotate,
  status,
} from '../src/index.ts';
import { isRefusal, layGround } from './support/ground.ts';
import { answer, isOnboarding, type OtherServers, startOtherServers } from './support/other-servers.ts';

const { root, fresh, serve } = await layGround('client');
const code = (expected: string) => (error: unknown) =>
  error instanceof DeviceError && error.code === expected && error.nextStep.length > 0;

describe('the client and a real WFM', () => {
  let wfm: Wfm;
  before(async () => {
    wfm = await serve();
  });

  it('changes its key and renews its certificate, and stays the same client', async () => {
    const stateDirectory = fresh();
    const joined = await join({ stateDirectory, trust: { joinString: wfm.joinString } });
    const first = await rotate({ stateDirectory });
    assert.equal(first.clientId, joined.clientId);
    assert.notEqual(first.after, first.before);
    assert.equal((await status({ stateDirectory })).keyFingerprint, first.after);
    assert.equal((await report({ stateDirectory })).status, 200);
    const second = await rotate({ stateDirectory, sameKey: true });
    assert.equal(second.after, second.before);
    assert.notEqual(second.certificate, first.certificate);
    assert.equal((await report({ stateDirectory })).status, 200);
    assert.equal(
      (await join({ stateDirectory, trust: { joinString: wfm.joinString } })).clientId,
      joined.clientId,
    );
  });

  it('keeps its key encrypted with a passphrase from a file or a systemd credential, also after a rotation', async () => {
    const stateDirectory = fresh();
    const credentials = joinPath(root, 'credentials');
    await mkdir(credentials, { recursive: true });
    const file = joinPath(credentials, 'muster-key-passphrase');
    await writeFile(file, 'correct horse\n');
    try {
      process.env['MUSTER_KEY_PASSPHRASE_FILE'] = file;
      const { clientId } = await join({ stateDirectory, trust: { joinString: wfm.joinString } });
      const key = (): Promise<string> => readFile(joinPath(stateDirectory, 'key.pem'), 'utf8');
      assert.match(await key(), /ENCRYPTED PRIVATE KEY/);
      delete process.env['MUSTER_KEY_PASSPHRASE_FILE'];
      await assert.rejects(report({ stateDirectory }), code('state'));
      process.env['CREDENTIALS_DIRECTORY'] = credentials;
      assert.equal((await rotate({ stateDirectory })).clientId, clientId);
      assert.match(await key(), /ENCRYPTED PRIVATE KEY/);
      assert.equal((await report({ stateDirectory })).status, 200);
      process.env['MUSTER_KEY_PASSPHRASE_FILE'] = joinPath(root, 'nowhere');
      await assert.rejects(report({ stateDirectory }), code('state'));
    } finally {
      delete process.env['MUSTER_KEY_PASSPHRASE_FILE'];
      delete process.env['CREDENTIALS_DIRECTORY'];
    }
  });

  it('finishes a rotation that was cut after the WFM had bound the new key', async () => {
    const stateDirectory = fresh();
    const joined = await join({ stateDirectory, trust: { joinString: wfm.joinString } });
    const copy = fresh();
    await cp(stateDirectory, copy, { recursive: true });
    const next = await prepareIdentity({ stateDirectory: joinPath(copy, 'next'), deviceId: joined.deviceId });
    await cp(joinPath(copy, 'next'), joinPath(stateDirectory, 'next'), { recursive: true });
    await rotate({ stateDirectory: copy });
    // The first state has the old key in force and the bound one beside it: the moment before the files changed places.
    const done = await rotate({ stateDirectory });
    assert.deepEqual([done.clientId, done.after], [joined.clientId, `sha256:${next.spkiSha256}`]);
    assert.equal((await report({ stateDirectory })).status, 200);
  });

  it('joins, reports, knows itself, leaves, and comes back as the same client', async () => {
    const stateDirectory = fresh();
    const events: DeviceEvent[] = [];
    const joined = await join({
      stateDirectory,
      trust: { joinString: wfm.joinString },
      onEvent: (e) => events.push(e),
    });
    assert.deepEqual(
      events.map((e) => e.event),
      ['trusted', 'key', 'words', 'onboarded', 'reported', 'joined'],
    );
    assert.equal((await status({ stateDirectory })).state, 'active');
    assert.equal((await report({ stateDirectory })).status, 200);
    assert.equal(
      (await join({ stateDirectory, trust: { joinString: wfm.joinString } })).clientId,
      joined.clientId,
    );
    assert.deepEqual(await leave({ stateDirectory }), {
      clientId: joined.clientId,
      removed: true,
      requests: [],
    });
    assert.equal((await status({ stateDirectory })).state, 'unbound');
    await assert.rejects(report({ stateDirectory }), code('not-joined'));
    assert.equal(
      (await join({ stateDirectory, trust: { joinString: wfm.joinString } })).clientId,
      joined.clientId,
    );
    await leave({ stateDirectory, forgetKey: true });
    assert.notEqual(
      (await join({ stateDirectory, trust: { joinString: wfm.joinString } })).clientId,
      joined.clientId,
    );
  });

  it('trusts by pin, by file, and by nothing else; each failure has its word', async () => {
    const { deviceUrl: url, caPin, operatorCaFile } = wfm;
    await join({ stateDirectory: fresh(), trust: { url, caPin } });
    await join({
      stateDirectory: fresh(),
      trust: {
        url,
        caPin: caPin
          .toUpperCase()
          .replace('SHA256:', '')
          .replace(/..(?=.)/g, '$&:'),
      },
    });
    await join({ stateDirectory: fresh(), trust: { url, caFile: operatorCaFile } });
    await assert.rejects(
      join({ stateDirectory: fresh(), trust: { url, caPin: `sha256:${'0'.repeat(64)}` } }),
      isRefusal('trust', /^The WFM offers another CA than the pinned one; somebody may stand in between\./),
    );
    await assert.rejects(
      join({ stateDirectory: fresh(), trust: { url } }),
      (error) => code('trust')(error) && error instanceof DeviceError && error.seen === `CA ${caPin}`,
    );
    await assert.rejects(join({ stateDirectory: fresh(), trust: { url, caPin: 'nonsense' } }), code('usage'));
    await assert.rejects(
      join({ stateDirectory: fresh(), trust: { joinString: `${wfm.joinString}x` } }),
      code('usage'),
    );
    await assert.rejects(
      join({ stateDirectory: fresh(), trust: { url: 'http://127.0.0.1:1' } }),
      code('usage'),
    );
    await assert.rejects(
      join({ stateDirectory: fresh(), trust: { url: 'https://127.0.0.1:1', caPin } }),
      code('unreachable'),
    );
  });

  it('makes the asked kind of key, or takes one that is brought', async () => {
    for (const keyType of ['p384', 'rsa2048'] as const) {
      const stateDirectory = fresh();
      await join({ stateDirectory, keyType, trust: { joinString: wfm.joinString } });
      assert.equal((await status({ stateDirectory })).keyType, keyType);
    }
    const made = fresh();
    await prepareIdentity({ stateDirectory: made });
    const own = { keyFile: joinPath(made, 'key.pem'), certFile: joinPath(made, 'certificate.pem') };
    const joined = await join({ stateDirectory: fresh(), trust: { joinString: wfm.joinString }, ...own });
    assert.ok(joined.clientId);
    await assert.rejects(
      join({ stateDirectory: fresh(), trust: { joinString: wfm.joinString }, keyFile: own.keyFile }),
      code('usage'),
    );
    execFileSync('chmod', ['644', own.keyFile]);
    await assert.rejects(
      join({ stateDirectory: fresh(), trust: { joinString: wfm.joinString }, ...own }),
      code('state'),
    );
  });

  it('signs with the time of the WFM when its own clock is wrong', async () => {
    const events: DeviceEvent[] = [];
    await join({
      stateDirectory: fresh(),
      trust: { joinString: wfm.joinString },
      now: () => Date.now() - 86_400_000,
      onEvent: (e) => events.push(e),
    });
    const clock = events.find((e) => e.event === 'clock');
    assert.ok(clock?.event === 'clock' && Math.abs(clock.offsetSeconds - 86_400) < 5);
  });

  it('refuses two at once on one folder, and damaged state by name', async () => {
    const stateDirectory = fresh();
    await join({ stateDirectory, trust: { joinString: wfm.joinString } });
    const both = await Promise.allSettled([report({ stateDirectory }), report({ stateDirectory })]);
    assert.deepEqual(both.map((r) => r.status).sort(), ['fulfilled', 'rejected']);
    const name = (await readFile(joinPath(stateDirectory, 'current'), 'utf8')).trim();
    const path = joinPath(stateDirectory, 'bindings', name, 'binding.json');
    const good = await readFile(path);
    for (const bytes of [
      good.subarray(0, 40),
      Buffer.alloc(0),
      Buffer.from(good.toString().replace('127.0.0.1', '127.0.0.2')),
    ]) {
      await writeFile(path, bytes);
      await assert.rejects(status({ stateDirectory }), code('state'));
    }
    await writeFile(path, good);
    assert.equal((await status({ stateDirectory })).state, 'active');
  });

  it('caps and overrides what the machine says, and names every mistake', async () => {
    const file = joinPath(root, 'capabilities.yaml');
    await writeFile(
      file,
      'vendor: Acme\nlimits:\n  cores: 0.5\n  memory: 256Mi\n  storage: 1Gi\ninterfaces:\n  - type: canbus\nx-acme-extensions:\n  line: 4\n',
    );
    const c = await discoverCapabilities({ deviceId: 'd', capabilitiesFile: file });
    assert.equal(c.vendor, 'Acme');
    assert.deepEqual(
      c.hosting?.cpuGroups.map((g) => g.milliCores),
      [500],
    );
    assert.equal(c.hosting?.memory.text, '256Mi');
    assert.deepEqual(c.hosting?.interfaces, [{ type: 'canbus' }]);
    assert.deepEqual(c.extensions, { 'x-acme-extensions': { line: 4 } });
    await writeFile(file, 'memory: 8GB\ncpus: []\n');
    await assert.rejects(
      discoverCapabilities({ deviceId: 'd', capabilitiesFile: file }),
      (e) =>
        e instanceof DeviceError &&
        /properties\.memory/.test(e.seen ?? '') &&
        /properties\.cpus/.test(e.seen ?? ''),
    );
    await writeFile(file, 'colour: red\n');
    await assert.rejects(discoverCapabilities({ deviceId: 'd', capabilitiesFile: file }), code('usage'));
  });
});

describe('the client and other servers', () => {
  let servers: OtherServers;
  before(async () => {
    servers = await startOtherServers();
  });
  after(() => servers.close());
  const serve: OtherServers['serve'] = (handler, prefix) => servers.serve(handler, prefix);

  it('waits while it is pending, and goes on when it is let in', async () => {
    let asked = 0;
    const signatures = new Set<string>();
    const trust = await serve((request, response) => {
      if (!isOnboarding(request)) return answer(response, 201);
      signatures.add(String(request.headers['signature']));
      asked++;
      return asked === 1
        ? answer(response, 403, { error: 'wait' }, { 'retry-after': '1' })
        : asked === 2
          ? answer(response, 202, {})
          : answer(response, 200, { client_id: 'c-1' });
    });
    const events: DeviceEvent[] = [];
    const joined = await join({ stateDirectory: fresh(), trust, onEvent: (e) => events.push(e) });
    assert.equal(joined.clientId, 'c-1');
    assert.equal(events.filter((e) => e.event === 'pending').length, 2);
    assert.equal(signatures.size, 3);
  });

  it('asks again where the refusal is about the moment, and not before it shall', async () => {
    const refusals: Array<[number, Record<string, string>]> = [
      [503, { 'retry-after': '2' }],
      [408, {}],
    ];
    const asked: number[] = [];
    const trust = await serve((request, response) => {
      if (!isOnboarding(request)) return answer(response, 201);
      asked.push(Date.now());
      const [code = 201, headers] = refusals.shift() ?? [];
      return answer(response, code, { clientId: 'c-1' }, headers);
    });
    const events: DeviceEvent[] = [];
    await join({ stateDirectory: fresh(), trust, onEvent: (e) => events.push(e) });
    assert.deepEqual(
      events.filter((e) => e.event === 'retry').map((e) => e.reason),
      ['The WFM answers 503.', 'The WFM answers 408.'],
    );
    assert.ok((asked[1] ?? 0) - (asked[0] ?? 0) >= 1_990);
    assert.ok(!events.some((e) => e.event === 'pending'), 'no operator is asked for');
  });

  it('sends DER after a 400, below a prefix, to a server of rc.1 that wants the clientId for an id', async () => {
    const seen: string[] = [];
    const trust = await serve((request, response) => {
      const document = JSON.parse(request.body) as {
        certificate?: string;
        properties?: { id: string; roles?: unknown };
      };
      if (isOnboarding(request))
        return document.certificate?.startsWith('LS0t')
          ? answer(response, 400, { Error: 'bad' })
          : answer(response, 201, { clientId: 'client-7' });
      seen.push(`${request.method} ${request.url}`);
      if (request.method !== 'POST' || request.url !== '/v1alpha2/margo/api/v1/clients/client-7/capabilities')
        return answer(response, 404, { Error: 'no route' });
      return document.properties?.id === 'client-7'
        ? answer(response, 201)
        : answer(response, 400, { Error: 'device ID mismatch' });
    }, '/v1alpha2/margo');
    const stateDirectory = fresh();
    const joined = await join({ stateDirectory, trust });
    assert.equal(joined.profile, 'rc.1');
    const before = seen.length;
    await report({ stateDirectory });
    assert.equal(seen.length, before + 1, 'what was learned is remembered');
  });

  const refusals: Array<[string, (response: ServerResponse) => void, string]> = [
    ['a rejection', (r) => answer(r, 403, { error: 'Client rejected' }), 'rejected'],
    ['a conflict', (r) => answer(r, 409, { Error: 'exists' }), 'refused'],
    ['no onboarding', (r) => answer(r, 404), 'refused'],
    ['a redirect', (r) => answer(r, 302, {}, { location: 'https://127.0.0.1:1/' }), 'refused'],
    ['no clientId', (r) => answer(r, 201, {}), 'protocol'],
    ['a clientId with a slash', (r) => answer(r, 201, { clientId: 'a/b' }), 'protocol'],
    ['a clientId of dots', (r) => answer(r, 201, { clientId: '..' }), 'protocol'],
    ['a clientId of a megabyte', (r) => answer(r, 201, { clientId: 'a'.repeat(900_000) }), 'protocol'],
    [
      'an answer that does not end',
      (r) => void r.writeHead(201).end(Buffer.alloc(3_000_000, 97)),
      'protocol',
    ],
    ['no JSON', (r) => void r.writeHead(201, { 'content-type': 'text/html' }).end('<html>'), 'protocol'],
  ];
  for (const [name, handle, expected] of refusals) {
    it(`${name} → ${expected}, and the state is unharmed`, async () => {
      const trust = await serve((_request, response) => handle(response));
      const stateDirectory = fresh();
      await assert.rejects(join({ stateDirectory, trust }), code(expected));
      assert.equal((await status({ stateDirectory })).clientId, null);
    });
  }

  it('stops when it is told to while it waits', async () => {
    const trust = await serve((_request, response) => answer(response, 403, {}, { 'retry-after': '60' }));
    const controller = new AbortController();
    const stateDirectory = fresh();
    await assert.rejects(
      join({
        stateDirectory,
        trust,
        signal: controller.signal,
        onEvent: (e) => (e.event === 'pending' ? controller.abort() : undefined),
      }),
      code('aborted'),
    );
    await assert.rejects(join({ stateDirectory, trust, timeoutSeconds: 1 }), code('timeout'));
  });

  it('a certificate for another host name is named as such', async () => {
    const { url, caPin } = await serve((_request, response) => answer(response, 500));
    await assert.rejects(
      join({ stateDirectory: fresh(), trust: { url: url.replace('127.0.0.1', 'localhost'), caPin } }),
      (e) => code('trust')(e) && e instanceof DeviceError && /another host name/.test(e.message),
    );
  });
});
