/** The kit against a small client that is right, and against the same one with one fault each. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { connect } from 'node:tls';
import { type Certificate, decodeCertificates, generateKeyPair, type KeyPair } from '@muster/pki';
import { clientChecks } from '../src/device/checks.ts';
import type { Ready } from '../src/device/client.ts';
import type { SceneName } from '../src/device/scenes.ts';
import { certificateOf, type Draft, type Fault, SmallClient } from './support/client.ts';
import { allScenes, checkWith, type CheckedClient } from './support/device.ts';

const page = await readFile(new URL('../../../docs/conformance.md', import.meta.url), 'utf8');

const checkFault = (fault: Fault, scenes: Iterable<SceneName>, waitSeconds = 20): Promise<CheckedClient> =>
  checkWith((ready, signal) => new SmallClient(ready, fault, signal).run(), {
    scenes: new Set(scenes),
    waitSeconds,
  });

const tellFailed = ({ outcomes }: CheckedClient): string[] =>
  outcomes.filter((o) => o.result === 'fail').map((o) => `${o.check.id}: ${o.seen}`);

const only =
  (about: Draft['about'], change: (draft: Draft) => void | Promise<void>) =>
  (draft: Draft): void | Promise<void> =>
    draft.about === about ? change(draft) : undefined;

const without = (list: string[], name: string): string[] => list.filter((one) => one !== name);
const notCa = ['-addext', 'basicConstraints=critical,CA:FALSE'];
const other = generateKeyPair('p256');
let repeated: Record<string, string> | undefined;

/** The ids that fail, the fault, and the scenes that it takes. */
const faults: ReadonlyArray<readonly [string, string, Fault, ...SceneName[]]> = [
  ['transport.http', 'speaks HTTP/1.0', { before: (ready) => say(ready, 'GET / HTTP/1.0') }],
  ['transport.http', 'speaks no HTTP', { before: (ready) => say(ready, 'EHLO wfm') }],
  ['transport.server-name', 'names no host in the handshake', { tls: { servername: '' } }],
  ['transport.tls-version', 'speaks TLS 1.2 at most', { tls: { maxVersion: 'TLSv1.2' } }],
  [
    'transport.host',
    'names another host',
    {
      fields: (f) => void (f['host'] = 'wfm.example'),
      tls: { servername: 'localhost', checkServerIdentity: () => undefined },
    },
  ],
  [
    'request.route',
    'reports by PATCH, then by PUT',
    {
      draft: only('report', (d) => {
        d.method = repeated === undefined ? 'PATCH' : 'PUT';
        repeated = {};
      }),
    },
  ],
  ['request.content-type', 'sends text', { draft: (d) => void (d.contentType = 'text/plain') }],
  ['onboarding.document', 'is of another kind', { document: (d) => void (d['kind'] = 'Onboarding') }],
  ['onboarding.api-version', 'has a version of its own', { document: (d) => void (d['apiVersion'] = 'v1') }],
  [
    'onboarding.no-private-key',
    'sends its private key along',
    {
      document: (d, { privateKey }) =>
        void (d['key'] = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')),
    },
  ],
  [
    'certificate.encoding',
    'sends PEM as it is',
    {
      document: (d) =>
        void (d['certificate'] = Buffer.from(String(d['certificate']), 'base64').toString('latin1')),
    },
  ],
  ['certificate.x509', 'sends no certificate', { document: (d) => void (d['certificate'] = 'bm9uZQ==') }],
  [
    'certificate.key signature.algorithm',
    'has an Ed25519 key',
    { identity: async () => issued('-newkey', 'ed25519', ...notCa) },
  ],
  [
    'certificate.strength',
    'has a short RSA key',
    { identity: async () => identityOf(generateKeyPairSync('rsa', { modulusLength: 1024 })) },
  ],
  [
    'certificate.usage',
    'has a certificate that is for encrypting',
    {
      identity: async () => issued('-newkey', 'rsa:2048', '-addext', 'keyUsage=keyEncipherment', ...notCa),
    },
  ],
  ['certificate.end-entity', 'is a CA', { identity: async () => issued('-newkey', 'rsa:2048') }],
  [
    'certificate.validity',
    'has an expired certificate',
    {
      identity: async () => {
        const keys = await other;
        return { keys, certificate: await certificateOf(keys, new Date(Date.now() - 9 * 86_400_000)) };
      },
    },
  ],
  [
    'digest.right',
    'has the digest of something else',
    { draft: (d) => void (d.digest = d.digest.replace(/:..../, ':AAAA')) },
  ],
  [
    'signature.present',
    'does not sign its report',
    { draft: only('report', (d) => void (d.isSigned = false)) },
  ],
  [
    'signature.present-on-reads',
    'does not sign what it asks',
    { polls: true, draft: only('manifest', (d) => void (d.isSigned = false)) },
  ],
  [
    'signature.form',
    'writes a signature without colons',
    { fields: (f) => void (f['signature'] = (f['signature'] ?? '').replaceAll(':', '')) },
  ],
  [
    'signature.covers',
    'leaves the digest uncovered',
    { draft: (d) => void (d.components = without(d.components, 'content-digest')) },
  ],
  [
    'signature.covers-authority',
    'leaves the authority uncovered',
    { draft: (d) => void (d.components = without(d.components, '@authority')) },
  ],
  [
    'signature.created',
    'does not say when it signs',
    { draft: (d) => void (d.parameters = d.parameters.filter(([name]) => name !== 'created')) },
  ],
  ['signature.fresh', 'signs ten minutes late', { draft: (d) => void late(d, 600) }],
  ['signature.clock', 'signs two minutes late', { draft: (d) => void late(d, 120) }],
  [
    'signature.not-repeated',
    'sends the very same again',
    {
      ownWait: 1.7,
      draft: only('onboarding', (d) => {
        d.parameters = d.parameters.map((p) => (p[0] === 'created' ? (['created', startedAt] as const) : p));
      }),
    },
    'busy',
  ],
  [
    'signature.keyid',
    'does not name its key',
    { draft: (d) => void (d.parameters = d.parameters.filter(([name]) => name !== 'keyid')) },
  ],
  [
    'signature.algorithm',
    'names an algorithm of another key',
    { draft: (d) => void d.parameters.push(['alg', 'ed25519']) },
  ],
  [
    'signature.true',
    'signs with another key than that of its certificate',
    { draft: only('onboarding', async (d) => void (d.keys = await other)) },
  ],
  ['onboarding.same-key', 'makes a new key after a lost reply', { newKeyAfterLostReply: true }, 'lost-reply'],
  ['report.arrives', 'never reports', { neverReports: true }],
  [
    'request.client-id',
    'changes the clientId',
    { draft: only('report', (d) => void (d.path = d.path.toLowerCase())) },
  ],
  [
    'signature.same-key',
    'reports with another key',
    { draft: only('report', async (d) => void (d.keys = await other)) },
  ],
  ['report.contract', 'reports rc.2-C by POST', { draft: only('report', (d) => void (d.method = 'POST')) }],
  [
    'report.document',
    'leaves out what a hosting device has',
    { capabilities: (d) => void delete d.properties['memory'] },
  ],
  [
    'report.spelling',
    'spells an architecture in its own way',
    { capabilities: (d) => void (d.properties['cpus'] = [{ cores: 2, architecture: 'x86_64' }]) },
  ],
  [
    'report.device-id',
    'reports another device than it names',
    { capabilities: (d) => void (d.properties['id'] = 'cell-8') },
  ],
  ['retry.retry-after', 'does not wait as long as it is told', { ownWait: 0.6 }, 'busy', 'pending'],
  ['retry.retry-after retry.calm', 'asks without pause', { ownWait: 0.02 }, 'pending'],
  [
    'scene.lost-reply request.client-id',
    'takes half an answer for a yes',
    { believes: (s) => s === null },
    'lost-reply',
  ],
  [
    'scene.busy request.client-id',
    'takes 503 for a yes',
    { believes: (s) => s === 503, ownWait: 1.1 },
    'busy',
  ],
  [
    'scene.pending request.client-id',
    'takes 403 for a yes',
    { believes: (s) => s === 403, ownWait: 1.1 },
    'pending',
  ],
  ['scene.garbage request.client-id', 'takes a page for a yes', { believes: (s) => s === 200 }, 'garbage'],
  [
    'scene.same-client-id request.client-id',
    'takes another clientId than it is given',
    { forgets: true },
    'same-client-id',
  ],
  ['scene.wrong-server', 'trusts anybody', { tls: { rejectUnauthorized: false } }, 'wrong-server'],
];

/** Says one thing over TLS, and goes. */
async function say({ url, ca }: Ready, line: string): Promise<void> {
  const { hostname, host, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), servername: hostname, ca });
  socket.end(`${line}\r\nHost: ${host}\r\n\r\n`).resume();
  await once(socket, 'close');
}

/** A key and a self-signed certificate by openssl. */
function issued(...how: string[]): Awaited<ReturnType<typeof identityOf>> {
  const openssl = [
    'req',
    '-x509',
    ...how,
    '-nodes',
    '-subj',
    '/CN=x',
    '-days',
    '2',
    '-keyout',
    '-',
    '-out',
    '-',
  ];
  const made = execFileSync('openssl', openssl, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const [certificate] = decodeCertificates(made);
  assert.ok(certificate);
  const privateKey = createPrivateKey(made);
  return { keys: { privateKey, publicKey: createPublicKey(privateKey) }, certificate };
}

const startedAt = Math.floor(Date.now() / 1000);

function late(draft: Draft, seconds: number): void {
  draft.parameters = draft.parameters.map((p) =>
    p[0] === 'created' ? (['created', Number(p[1]) - seconds] as const) : p,
  );
}

async function identityOf(keys: KeyPair): Promise<{ keys: KeyPair; certificate: Certificate }> {
  return { keys, certificate: await certificateOf(keys) };
}

describe('the checks of a client', () => {
  it('have ids of their own, and a line each in the documentation', () => {
    const all = Object.values(clientChecks).map(({ check }) => check);
    assert.equal(new Set(all.map((one) => one.id)).size, all.length);
    for (const { id, level, title, source } of all)
      assert.ok(page.includes(`| \`${id}\` | ${level} | ${title} | ${source} |`), id);
  });
});

describe('a client that is right', () => {
  it('passes every check in every scene', async () => {
    const checked = await checkFault({ polls: true }, allScenes);
    assert.deepEqual(tellFailed(checked), []);
    const skipped = checked.outcomes.filter((o) => o.result === 'skipped').map((o) => o.check.id);
    assert.deepEqual(skipped, ['certificate.strength']);
    assert.deepEqual([checked.report.conformant, checked.report.ended], [true, null]);
  });
});

describe('a client that is wrong in one way', { concurrency: 4 }, () => {
  for (const [id, name, fault, ...scenes] of faults)
    it(`${name} → ${id}`, async () => {
      const checked = await checkFault(fault, scenes, id === 'report.arrives' ? 1 : 20);
      assert.deepEqual([...checked.failed].sort(), id.split(' ').sort(), tellFailed(checked).join('\n'));
    });
});
