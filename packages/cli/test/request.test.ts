/** The way back of trust by hand: a request out of a device, its answer back in, and onboarding without an operator. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join as at } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { requestAdmission } from '@muster/device';
import { fileSigner, loadKeyFile, readCertificateFile, type Signed, signDocument } from '@muster/pki';
import { type Place, startPlace } from './support.ts';

type Request = Signed & { format: string };

describe('a request that is carried', () => {
  let place: Place;
  before(async () => {
    place = await startPlace({ admission: 'closed' });
  });
  after(() => place.stop());

  const read = async (name: string): Promise<Request> =>
    JSON.parse(await readFile(at(place.root, name), 'utf8')) as Request;

  it('is made without a network, answered, and lets the device in under the clientId of the answer', async () => {
    const made = await place.muster('device', 'request', '--out', 'r1.json', '--state', 'd1', '--json');
    assert.equal(made.code, 0, made.stderr);
    const tried = await place.muster('preauthorize', 'r1.json', '--dry-run', '--json');
    assert.equal(tried.json['status'], 'would-add');
    assert.deepEqual(tried.json['words'], made.json['words'], 'both sides show the same words');
    assert.equal(tried.json['answer'], null);
    const offer = tried.json['capabilities'] as { deviceId: string; hosting: { memory: { text: string } } };
    assert.equal(offer.deviceId, made.json['deviceId'], 'what the device offers, before it was ever seen');
    assert.match(offer.hosting.memory.text, /^\d+Mi$/);
    assert.match(
      (await place.muster('preauthorize', 'r1.json', '--dry-run')).stderr,
      /says it offers .*memory/,
    );
    const first = await place.muster('preauthorize', 'r1.json', '--answer', 'a1.json', '--json');
    assert.equal(first.code, 0, first.stderr);
    assert.equal(first.json['status'], 'added');
    assert.equal(first.json['keyFingerprint'], made.json['keyFingerprint']);
    const { clientId } = first.json;
    const again = await place.muster('preauthorize', 'r1.json', '--answer', 'a2.json', '--json');
    assert.deepEqual([again.json['status'], again.json['clientId']], ['existing', clientId]);
    const joined = await place.muster('device', 'join', 'a1.json', '--state', 'd1', '--json');
    assert.equal(joined.code, 0, joined.stderr);
    assert.equal(joined.json['clientId'], clientId);
    const later = await place.muster('preauthorize', 'r1.json', '--json');
    assert.deepEqual([later.json['status'], later.json['clientId']], ['onboarded', clientId]);
    assert.equal(
      (await place.muster('device', 'join', 'a2.json', '--state', 'd1', '--json')).json['clientId'],
      clientId,
    );
    assert.equal((await place.muster('audit', 'verify', '--json')).json['ok'], true);
    assert.match((await place.muster('preauthorize', 'r1.json')).stderr, /Compare the words/);
  });

  it('keeps what the answer says by every key type; an answer for another device is refused by name', async () => {
    for (const type of ['p384', 'rsa3072']) {
      const [request, answer, state] = [`r-${type}.json`, `a-${type}.json`, `d-${type}`];
      await place.muster(
        'device',
        'request',
        '--out',
        request,
        '--state',
        state,
        '--key-type',
        type,
        '--device-id',
        type,
      );
      const { clientId } = (await place.muster('preauthorize', request, '--answer', answer, '--json')).json;
      assert.equal(
        (await place.muster('device', 'join', answer, '--state', state, '--json')).json['clientId'],
        clientId,
      );
    }
    const other = await place.muster('device', 'join', 'a-p384.json', '--state', 'd-rsa3072', '--json');
    assert.equal(other.code, 4);
    assert.match(other.stderr, /This answer is for another device: p384\./);
  });

  it('is refused when it is damaged, changed, for another key, or its client is blocked', async () => {
    const stateDirectory = at(place.root, 'd5');
    const { file, keyFingerprint } = await requestAdmission({ stateDirectory, deviceId: 'five' });
    const statement = JSON.parse(file.statement) as Record<string, unknown>;
    const keys = await loadKeyFile(at(stateDirectory, 'key.pem'));
    const [certificate] = readCertificateFile(await readFile(at(stateDirectory, 'certificate.pem')));
    assert.ok(certificate);
    const sign = async (text: string): Promise<string> =>
      Buffer.from(await fileSigner(keys, '').sign(Buffer.from(text))).toString('base64');
    const resigned = async (change: object): Promise<Request> => ({
      format: file.format,
      ...(await signDocument({ certificate, sign }, { ...statement, ...change })),
    });
    const offer = statement['capabilities'] as { properties: object };
    const theirs = await read('r1.json');
    const { certificates, keyFingerprint: theirKey } = JSON.parse(theirs.statement) as Record<
      string,
      unknown
    >;
    const cases: Array<[string, string, RegExp]> = [
      ['cut', JSON.stringify(file).slice(0, 900), /is damaged or cut off/],
      [
        'edited',
        JSON.stringify({ ...file, statement: file.statement.replace('five', 'six') }),
        /was changed after/,
      ],
      ['swapped', JSON.stringify({ ...file, signature: theirs.signature }), /was changed after/],
      [
        'version',
        JSON.stringify({ ...file, format: 'muster-device-request-9' }),
        /of a version that is not known/,
      ],
      [
        'another key',
        JSON.stringify(await resigned({ keyFingerprint: theirKey })),
        /is for another key \(sha256:/,
      ],
      [
        'their certificate',
        JSON.stringify(await resigned({ certificates, keyFingerprint: theirKey })),
        /is for another key/,
      ],
      ['no certificate', JSON.stringify(await resigned({ certificates: [] })), /1 to 8 certificates/],
      [
        'offer of another',
        JSON.stringify(
          await resigned({ capabilities: { ...offer, properties: { ...offer.properties, id: 'six' } } }),
        ),
        /capabilities\.properties\.id/,
      ],
      [
        'no offer',
        JSON.stringify(await resigned({ capabilities: { kind: 'Potato' } })),
        /capabilities\.kind/,
      ],
      ['device id', JSON.stringify(await resigned({ deviceId: '../x' })), /no device id/],
    ];
    for (const [what, content, says] of cases) {
      await writeFile(at(place.root, 'bad.json'), content);
      const refused = await place.muster('preauthorize', 'bad.json', '--json');
      assert.equal(refused.code, 3, `${what}: ${refused.stderr}`);
      assert.match(refused.stderr, says, what);
    }
    // A file of a device that says nothing of itself is as good.
    await writeFile(at(place.root, 'mute.json'), JSON.stringify(await resigned({ capabilities: undefined })));
    const mute = await place.muster('preauthorize', 'mute.json', '--dry-run', '--json');
    assert.deepEqual([mute.json['status'], mute.json['capabilities']], ['would-add', null], mute.stderr);
    await writeFile(at(place.root, 'long.json'), JSON.stringify(file) + ' '.repeat(1_048_577));
    assert.equal((await place.muster('preauthorize', 'long.json')).code, 2);
    assert.equal((await place.muster('preauthorize', 'r1.json', 'r-p384.json')).code, 2);
    const { items } = (await place.muster('clients', 'list', '--json')).json as {
      items: { keyFingerprint: string }[];
    };
    assert.ok(!items.some((client) => client.keyFingerprint === keyFingerprint), 'nothing was let in');
    const { clientId } = (await place.muster('preauthorize', 'r1.json', '--json')).json;
    await place.muster('clients', 'block', String(clientId));
    const blocked = await place.muster('preauthorize', 'r1.json', '--json');
    assert.equal(blocked.code, 3);
    assert.match(blocked.stderr, /client of this key is blocked/);
  });
});
