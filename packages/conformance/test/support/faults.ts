/** Every way to be wrong that the kit must find, one at a time. */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { generateKeyPair } from '@muster/pki';
import type { Ready } from '../../src/device/client.ts';
import type { SceneName } from '../../src/device/scenes.ts';
import type { Draft, Fault } from './client.ts';
import { identityOf, issued, notCa } from './identities.ts';

const only =
  (about: Draft['about'], change: (draft: Draft) => void | Promise<void>) =>
  (draft: Draft): void | Promise<void> =>
    draft.about === about ? change(draft) : undefined;

/** The list without one. */
export const without = (list: string[], name: string): string[] => list.filter((one) => one !== name);
const other = generateKeyPair('p256');
let repeated: Record<string, string> | undefined;

/** Says one thing over TLS, and goes. */
async function say({ url, ca }: Ready, line: string): Promise<void> {
  const { hostname, host, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), servername: hostname, ca });
  socket.end(`${line}\r\nHost: ${host}\r\n\r\n`).resume();
  await once(socket, 'close');
}

const startedAt = Math.floor(Date.now() / 1000);

function late(draft: Draft, seconds: number): void {
  draft.parameters = draft.parameters.map((p) =>
    p[0] === 'created' ? (['created', Number(p[1]) - seconds] as const) : p,
  );
}

/** The ids that fail, the fault, and the scenes that it takes. */
export const faults: ReadonlyArray<readonly [string, string, Fault, ...SceneName[]]> = [
  [
    'onboarding.arrives',
    'asks for the CA, and for nothing else',
    {
      before: (ready, signal) =>
        say(ready, 'GET /api/v1/onboarding/certificate HTTP/1.1').then(() => once(signal, 'abort')),
    },
  ],
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
    'transport.host',
    'names its host twice',
    { before: (ready) => say(ready, `GET / HTTP/1.1\r\nHost: ${new URL(ready.url).host}`) },
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
    'request.no-private-key',
    'sends its private key along',
    {
      document: (d, { privateKey }) =>
        void (d['key'] = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')),
    },
  ],
  [
    'request.no-private-key',
    'sends its private key as PEM in the place of a certificate chain',
    {
      document: (d, { privateKey }) => {
        const pem = privateKey.export({ format: 'pem', type: 'sec1' });
        const both = Buffer.from(String(d['certificate']), 'base64').toString('latin1') + pem.toString();
        d['certificate'] = Buffer.from(both).toString('base64');
      },
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
        return identityOf(await other, new Date(Date.now() - 9 * 86_400_000));
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
  [
    'report.gateway-first',
    'reports what is behind a gateway that nobody knows',
    {
      draft: only('report', (d) => void (d.path = d.path.replace('cell-7', 'gw/cell-7'))),
      capabilities: (d) => void (d.properties['id'] = 'gw/cell-7'),
    },
  ],
  ['retry.retry-after', 'does not wait as long as it is told', { ownWait: 0.3 }, 'busy', 'pending'],
  ['retry.retry-after retry.calm', 'asks without pause', { ownWait: 0.001 }, 'pending'],
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
  [
    'scene.wrong-server signature.present',
    'trusts anybody with a report that it does not sign',
    {
      tls: { rejectUnauthorized: false },
      draft: only('report', (d) => void (d.isSigned = false)),
    },
    'wrong-server',
  ],
  [
    'scene.wrong-name',
    'takes a certificate for any name',
    { tls: { checkServerIdentity: () => undefined } },
    'wrong-name',
  ],
  ['scene.expired', 'has no sense of time', { tls: { rejectUnauthorized: false } }, 'expired'],
  [
    'transport.http report.arrives',
    'sends a body that has no end',
    { draft: only('report', (d) => void (d.body = d.body.padEnd(1_100_000))) },
  ],
];
