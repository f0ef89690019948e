/** Trust carried by hand: a file from a real WFM, a device that joins by it, and every way in which it can be wrong. */
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join as at } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DeviceError, type DeviceEvent, join } from '@muster/device';
import {
  createRootCa,
  fileSigner,
  generateKeyPair,
  issueServerCertificate,
  selfSignedDeviceCertificate,
  type Signed,
  signDocument,
} from '@muster/pki';
import { type Place, startPlace } from './support.ts';

const day = 86_400_000;
type Pack = Signed & { format: string };

describe('a trust pack', () => {
  let place: Place;
  let pack: Pack;
  let states = 0;
  const fresh = (): string => at(place.root, `state-${states++}`);
  before(async () => {
    place = await startPlace({ admission: 'closed' });
    const made = await place.muster('wfm', 'trust', 'export', '--out', 'pack.json', '--new-ticket', '--json');
    assert.equal(made.code, 0, made.stderr);
    pack = JSON.parse(await readFile(at(place.root, 'pack.json'), 'utf8')) as Pack;
  });
  after(() => place.stop());

  async function fileOf(content: string | object): Promise<string> {
    const file = at(place.root, `made-${states++}.json`);
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  }

  async function stranger() {
    const keys = await generateKeyPair('p256');
    const certificate = await selfSignedDeviceCertificate({
      keys,
      commonName: 'stranger',
      notBefore: new Date(Date.now() - day),
      days: 30,
    });
    const signer = fileSigner(keys, '');
    const sign = async (text: string): Promise<string> =>
      Buffer.from(await signer.sign(Buffer.from(text))).toString('base64');
    return { certificate, sign };
  }

  async function forged(change: object): Promise<string> {
    const statement = { ...(JSON.parse(pack.statement) as object), ...change };
    return fileOf({ format: 'muster-trust-pack-1', ...(await signDocument(await stranger(), statement)) });
  }

  it('lets a device in by its own ticket, once; the file with a ticket is for its owner only', async () => {
    assert.equal((await stat(at(place.root, 'pack.json'))).mode & 0o777, 0o600);
    const joined = await place.muster('device', 'join', 'pack.json', '--state', 'd1', '--json');
    assert.equal(joined.code, 0, joined.stderr);
    const events = joined.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as DeviceEvent);
    const trusted = events.find((e) => e.event === 'trusted');
    const { auditSigner, caPin } = (await place.muster('wfm', 'trust', 'show', '--json')).json;
    assert.equal(trusted?.how, `trust pack, signed by ${String(auditSigner)}`);
    assert.equal(trusted?.caPin, caPin);
    assert.match(events.find((e) => e.event === 'notice')?.text ?? '', /but the hand that brought it/);
    const second = await place.muster(
      'device',
      'join',
      '--trust-pack',
      'pack.json',
      '--state',
      'd2',
      '--json',
    );
    assert.equal(second.code, 3);
    assert.match(second.stderr, /ticket is unknown, used up/);
  });

  it('is checked against a pin or a signer that is known, and then says no more', async () => {
    const { auditSigner } = (await place.muster('wfm', 'trust', 'show', '--json')).json;
    await place.muster('wfm', 'trust', 'export', '--out', 'again.json', '--new-ticket', '--days', '2');
    for (const known of [{ caPin: place.wfm.caPin }, { signer: String(auditSigner) }]) {
      const events: DeviceEvent[] = [];
      const trust = { trustPack: at(place.root, 'again.json'), ...known };
      await join({ stateDirectory: at(place.root, 'd3'), trust, onEvent: (e) => events.push(e) });
      assert.ok(!events.some((e) => e.event === 'notice'));
    }
    const other = `sha256:${'0'.repeat(64)}`;
    const mine = { trustPack: at(place.root, 'again.json') };
    const cases: Array<[{ caPin: string } | { signer: string }, RegExp]> = [
      [{ caPin: other }, /^The trust pack brings another CA than the pin that was given\.$/],
      [{ signer: other }, /^Somebody else has signed this trust pack\.$/],
    ];
    for (const [known, says] of cases)
      await assert.rejects(join({ stateDirectory: fresh(), trust: { ...mine, ...known } }), (e) => {
        assert.ok(e instanceof DeviceError && e.code === 'trust');
        assert.match(e.message, says);
        return true;
      });
    // Somebody who carries a pack of another CA to a device that knows this WFM already.
    const ca = await createRootCa({
      keys: await generateKeyPair('p256'),
      commonName: 'another CA',
      notBefore: new Date(Date.now() - day),
      days: 9,
    });
    const swapped = await forged({ caCertificates: [ca.pem], pins: [`sha256:${ca.sha256}`] });
    await assert.rejects(
      join({ stateDirectory: at(place.root, 'd3'), trust: { trustPack: swapped } }),
      /another CA than the one that is known for this WFM/,
    );
  });

  it('that is damaged, cut, edited, mixed, too large, of another kind or version: each in one sentence', async () => {
    const text = JSON.stringify(pack);
    const edited = pack.statement.replace('127.0.0.1', '127.0.0.2');
    const flipped = Buffer.from(pack.signature, 'base64');
    flipped[10] = (flipped[10] ?? 0) ^ 1;
    const checkpoint = (await place.muster('audit', 'export')).stdout.trim().split('\n').at(-1) ?? '';
    const cases: Array<[string, string, number, RegExp]> = [
      ['cut', text.slice(0, text.length / 2), 2, /The trust pack is damaged or cut off\./],
      ['empty', '', 2, /The trust pack is damaged or cut off\./],
      ['list', '[]', 2, /The trust pack is damaged or cut off\./],
      ['no signature', JSON.stringify({ ...pack, signature: 7 }), 2, /damaged or cut off/],
      ['certificate', JSON.stringify({ ...pack, certificate: 'x' }), 2, /damaged or cut off/],
      ['edited', JSON.stringify({ ...pack, statement: edited }), 4, /was changed after it was signed\./],
      ['flipped', JSON.stringify({ ...pack, signature: flipped.toString('base64') }), 4, /was changed after/],
      [
        'other certificate',
        JSON.stringify({ ...pack, certificate: (await stranger()).certificate.pem }),
        4,
        /was changed after/,
      ],
      ['large', `${text}${' '.repeat(1_048_577)}`, 2, /it is too large\./],
      [
        'version',
        JSON.stringify({ ...pack, format: 'muster-trust-pack-2' }),
        2,
        /of a version that is not known/,
      ],
      ['kind', JSON.stringify({ ...pack, format: 'muster-receipt-1' }), 2, /This is no trust pack\./],
      ['join string', place.wfm.joinString, 2, /damaged or cut off/],
      [
        'checkpoint',
        JSON.stringify({
          format: 'muster-trust-pack-1',
          ...(JSON.parse(checkpoint) as { checkpoint: Signed }).checkpoint,
        }),
        2,
        /This is no trust pack\./,
      ],
      ['no URL', await readFile(await forged({ urls: [] }), 'utf8'), 2, /cannot be used/],
      [
        'mixed',
        await readFile(await forged({ pins: [`sha256:${'0'.repeat(64)}`] }), 'utf8'),
        2,
        /a CA certificate and its pin do not belong together/i,
      ],
      ['times', await readFile(await forged({ validUntil: 'soon' }), 'utf8'), 2, /cannot be used/],
    ];
    const exit = { usage: 2, trust: 4 } as Record<string, number>;
    for (const [what, content, code, says] of cases)
      await assert.rejects(
        join({ stateDirectory: fresh(), trust: { trustPack: await fileOf(content) } }),
        (e) => {
          assert.ok(e instanceof DeviceError, what);
          assert.equal(exit[e.code], code, what);
          assert.match(e.message, says, what);
          assert.notEqual(e.nextStep, '', what);
          return true;
        },
      );
    for (const args of [
      ['--trust-pack', 'absent.json'],
      ['pack.json', '--qr', 'x.png'],
      [place.wfm.joinString, '--signer', `sha256:${'0'.repeat(64)}`],
      [place.wfm.joinString, '--trust-pack', 'pack.json'],
    ])
      assert.equal(
        (await place.muster('device', 'join', ...args, '--state', 'none')).code,
        2,
        args.join(' '),
      );
    for (const args of [
      ['--days', '0', '--out', 'x'],
      ['--days', '3'],
    ])
      assert.equal((await place.muster('wfm', 'trust', 'export', ...args)).code, 2, args.join(' '));
  });

  it('that has expired by the WFM is refused; by a wrong clock of the device it is not, and that is said', async () => {
    const made = await place.muster('wfm', 'trust', 'export', '--out', 'time.json', '--new-ticket');
    assert.equal(made.code, 0);
    const trust = { trustPack: at(place.root, 'time.json'), caPin: place.wfm.caPin };
    const stateDirectory = fresh();
    for (const [now, says] of [
      [0, /1970-01-01.*made in the future.*clock is wrong/],
      [Date.now() + 3650 * day, /has expired; by the WFM's .* it has not/],
    ] as const) {
      const events: DeviceEvent[] = [];
      const clock = Date.now();
      await join({
        stateDirectory,
        trust,
        now: () => now + Date.now() - clock,
        onEvent: (e) => events.push(e),
      });
      assert.match(events.find((e) => e.event === 'notice')?.text ?? '', says);
    }
    const expired = await forged({ validUntil: new Date(Date.now() - day).toISOString() });
    await assert.rejects(
      join({ stateDirectory: fresh(), trust: { trustPack: expired }, now: () => 0 }),
      (e) =>
        e instanceof DeviceError &&
        e.code === 'trust' &&
        e.message.startsWith('The trust pack expired on') &&
        /by the WFM's clock, 1970-01-01T00:00:00.000Z by this device's/.test(e.seen ?? ''),
    );
  });

  it('asks nothing of a server that its CA does not vouch for, and names what stands there', async () => {
    const caKeys = await generateKeyPair('p256');
    const ca = await createRootCa({
      keys: caKeys,
      commonName: 'a CA',
      notBefore: new Date(Date.now() - 30 * day),
      days: 90,
    });
    const otherKeys = await generateKeyPair('p256');
    const other = await createRootCa({
      keys: otherKeys,
      commonName: 'inspector',
      notBefore: new Date(Date.now() - day),
      days: 9,
    });
    const server = await generateKeyPair('p256');
    const cases: Array<[string[], number, boolean, RegExp]> = [
      [['127.0.0.1'], 2, false, /^The server certificate has expired/],
      [['elsewhere.example'], 60, false, /^The server certificate is for another host name\.$/],
      [
        ['127.0.0.1'],
        60,
        true,
        /^The server certificate was not issued by the CA.*a proxy that inspects TLS/,
      ],
    ];
    for (const [hosts, days, isStranger, says] of cases) {
      const certificate = await issueServerCertificate({
        ca: isStranger ? other : ca,
        caKey: isStranger ? otherKeys.privateKey : caKeys.privateKey,
        publicKey: server.publicKey,
        hosts,
        notBefore: new Date(Date.now() - 10 * day),
        days,
      });
      let asked = 0;
      const listener = createServer(
        { key: server.privateKey.export({ format: 'pem', type: 'pkcs8' }), cert: certificate.pem },
        (_request, response) => {
          asked++;
          response.end();
        },
      ).listen(0, '127.0.0.1');
      await new Promise((resolve) => listener.once('listening', resolve));
      const url = `https://127.0.0.1:${(listener.address() as AddressInfo).port}`;
      const trustPack = await forged({
        urls: [url],
        caCertificates: [ca.pem],
        pins: [`sha256:${ca.sha256}`],
      });
      await writeFile(at(place.root, 'ca.pem'), ca.pem);
      for (const target of [[trustPack], [url, '--ca-file', 'ca.pem']]) {
        const refused = await place.muster('device', 'join', ...target, '--state', 'none', '--json');
        assert.equal(refused.code, 4, refused.stderr);
        const { message, nextStep } = refused.json['error'] as Record<string, string>;
        assert.match(message ?? '', says);
        assert.ok(nextStep);
      }
      assert.equal(asked, 0);
      await new Promise((resolve) => listener.close(resolve));
    }
    const pin = await place.muster(
      'device',
      'join',
      place.wfm.deviceUrl,
      '--ca-pin',
      `sha256:${'0'.repeat(64)}`,
    );
    assert.equal(pin.code, 4);
    assert.match(pin.stderr, /offers another CA than the pinned one; somebody may stand in between/);
    assert.match(pin.stderr, /next: +Compare the pin/);
    const gone = await forged({ urls: ['https://127.0.0.1:1'] });
    assert.equal((await place.muster('device', 'join', gone, '--state', 'none')).code, 5);
  });
});
