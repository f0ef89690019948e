/** A client moves between two real WFMs as a signed file, and is the same client there. */
import assert from 'node:assert/strict';
import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join as at } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileSigner, loadKeyFile, readCertificateFile, type Signed, signDocument } from '@muster/pki';
import { type Place, type Ran, startPlace } from './support.ts';

type ClientFile = Signed & { format: string };

describe('moving a client', () => {
  let here: Place;
  let there: Place;
  let clientId = '';
  let signer = '';
  let file: ClientFile;
  before(async () => {
    [here, there] = await Promise.all([
      startPlace({ admission: 'open' }),
      startPlace({ admission: 'closed' }),
    ]);
    const joined = await here.muster('device', 'join', here.wfm.joinString, '--state', 'd', '--json');
    assert.equal(joined.code, 0, joined.stderr);
    clientId = String(joined.json['clientId']);
    await here.muster('clients', 'label', clientId, 'site=north');
    signer = String((await here.muster('wfm', 'trust', 'show', '--json')).json['auditSigner']);
  });
  after(() => Promise.all([here.stop(), there.stop()]));

  const show = async (place: Place): Promise<Record<string, unknown>> =>
    (await place.muster('clients', 'show', clientId, '--json')).json;
  const actions = async (place: Place): Promise<unknown[]> =>
    (
      (await place.muster('audit', 'list', '--json')).json as { items: { action: string; subject: string }[] }
    ).items
      .filter((entry) => entry.subject === clientId)
      .map((entry) => entry.action);
  const carry = async (content: object, ...args: string[]): Promise<Ran> => {
    await writeFile(at(there.root, 'c.json'), JSON.stringify(content));
    return there.muster('clients', 'import', 'c.json', ...args, '--json');
  };

  it('exports without a change, and imports only what its signer is known for', async () => {
    const exported = await here.muster('clients', 'export', clientId, '--out', 'c.json', '--json');
    assert.equal(exported.code, 0, exported.stderr);
    assert.equal(exported.json['signer'], signer);
    assert.equal((await stat(at(here.root, 'c.json'))).mode & 0o777, 0o600);
    assert.equal((await show(here))['state'], 'active');
    file = JSON.parse(await readFile(at(here.root, 'c.json'), 'utf8')) as ClientFile;
    const nobody = await carry(file);
    assert.equal(nobody.code, 3);
    assert.match(nobody.stderr, new RegExp(`is signed by ${signer}`));
    const wrong = await carry(file, '--signer', `sha256:${'0'.repeat(64)}`);
    assert.equal(wrong.code, 3);
    assert.match(wrong.stderr, /not by sha256:0000/);
    assert.equal((await show(there))['clientId'], undefined, 'nothing was taken over');
  });

  it('refuses what was changed, cut, of another version, or does not belong together', async () => {
    const statement = JSON.parse(file.statement) as Record<string, unknown>;
    const trust = at(here.root, 'wfm', 'trust');
    const keys = await loadKeyFile(at(trust, 'audit-key.pem'));
    const [certificate] = readCertificateFile(await readFile(at(trust, 'audit.pem')));
    assert.ok(certificate);
    const sign = async (text: string): Promise<string> =>
      Buffer.from(await fileSigner(keys, '').sign(Buffer.from(text))).toString('base64');
    const resigned = async (change: object): Promise<ClientFile> => ({
      format: file.format,
      ...(await signDocument({ certificate, sign }, { ...statement, ...change })),
    });
    const devices = statement['devices'] as object[];
    const receipt = statement['receipt'] as { request: object };
    const cases: Array<[string, object, RegExp]> = [
      ['edited', { ...file, statement: file.statement.replace('north', 'south') }, /was changed after/],
      ['version', { ...file, format: 'muster-client-2' }, /of a version that is not known/],
      ['kind', { ...file, format: 'muster-receipt-1' }, /This is no file of a client/],
      ['clientId', await resigned({ clientId: '../x' }), /the clientId is none/],
      ['other id', await resigned({ clientId: 'another' }), /receipt is of another client/],
      ['state', await resigned({ state: 'retired' }), /neither active nor blocked/],
      [
        'key',
        await resigned({ keyFingerprint: `sha256:${'0'.repeat(64)}` }),
        /certificate is of another key/,
      ],
      ['labels', await resigned({ labels: { a: 7 } }), /labels are no texts/],
      ['twice', await resigned({ devices: [...devices, ...devices] }), /a device is named twice/],
      ['report', await resigned({ devices: [{ ...devices[0], document: 'e30=' }] }), /./],
      ['receipt', await resigned({ receipt: 'x' }), /the receipt is none/],
      [
        'receipt edited',
        await resigned({ receipt: { ...receipt, request: { ...receipt.request, method: 'PUT' } } }),
        /the receipt does not hold/,
      ],
    ];
    for (const [what, content, says] of cases) {
      const refused = await carry(content, '--signer', signer);
      assert.equal(refused.code, 3, `${what}: ${refused.stderr}`);
      assert.match(refused.stderr, says, what);
    }
    assert.equal((await there.muster('clients', 'import', 'absent.json')).code, 2);
    assert.equal((await show(there))['clientId'], undefined, 'nothing was taken over');
  });

  it('is the same client there, with its labels, report and receipt; twice changes nothing', async () => {
    for (let i = 0; i < 2; i++) {
      const imported = await carry(file, '--signer', signer);
      assert.equal(imported.code, 0, imported.stderr);
      assert.equal(imported.json['clientId'], clientId);
    }
    const [before, now] = [await show(here), await show(there)];
    for (const same of ['keyFingerprint', 'fingerprint', 'labels', 'subject', 'state'])
      assert.deepEqual(now[same], before[same], same);
    const devices = (await there.muster('devices', 'list', '--json')).json as {
      items: { clientId: string }[];
    };
    assert.deepEqual(
      devices.items.map((d) => d.clientId),
      [clientId],
    );
    await there.muster('clients', 'receipt', clientId, '--out', 'receipt.json');
    assert.equal((await there.muster('audit', 'verify', 'receipt.json', '--json')).json['ok'], true);
    // Nobody lets strangers in over there: it is let in because it is known.
    const joined = await here.muster('device', 'join', there.wfm.joinString, '--state', 'd', '--json');
    assert.equal(joined.code, 0, joined.stderr);
    assert.equal(joined.json['clientId'], clientId);
    assert.ok((await actions(here)).includes('client.exported'));
    assert.deepEqual((await actions(there)).filter((a) => a === 'client.imported').length, 1);
    for (const place of [here, there])
      assert.equal((await place.muster('audit', 'verify', '--json')).json['ok'], true);
  });

  it('with --retire it is active in one place only; what stands in the way is told', async () => {
    const moved = await here.muster(
      'clients',
      'export',
      clientId,
      '--out',
      'm.json',
      '--retire',
      '--reason',
      'sold',
    );
    assert.equal(moved.code, 0, moved.stderr);
    assert.equal((await show(here))['state'], 'retired');
    const again = await here.muster('clients', 'export', clientId, '--out', 'm.json');
    assert.equal(again.code, 3);
    assert.match(again.stderr, /retired client is not carried on/);
    // Who lost the file, or the answer, runs the same command again.
    const once = await readFile(at(here.root, 'm.json'), 'utf8');
    await here.muster('clients', 'export', clientId, '--out', 'again.json', '--retire');
    assert.equal(await readFile(at(here.root, 'again.json'), 'utf8'), once);
    assert.deepEqual((await actions(here)).slice(-2), ['client.exported', 'client.retired']);
    assert.equal(
      (await here.muster('device', 'join', here.wfm.joinString, '--state', 'd', '--timeout', '0')).code,
      3,
    );
    await copyFile(at(here.root, 'm.json'), at(there.root, 'm.json'));
    assert.equal((await there.muster('clients', 'import', 'm.json', '--accept-signer')).code, 0);
    // A signer that is trusted for good, until it no longer is.
    assert.equal((await there.muster('signers', 'add', 'nonsense')).code, 3);
    assert.equal((await there.muster('signers', 'add', signer, '--note', 'north')).code, 0);
    const { items } = (await there.muster('signers', 'list', '--json')).json as {
      items: { fingerprint: string }[];
    };
    assert.deepEqual(
      items.map((s) => s.fingerprint),
      [signer],
    );
    assert.equal((await there.muster('clients', 'import', 'm.json')).code, 0);
    assert.equal((await there.muster('signers', 'remove', signer)).code, 0);
    assert.equal((await there.muster('clients', 'import', 'm.json')).code, 3);
    await there.muster('clients', 'retire', clientId);
    const retired = await carry(file, '--signer', signer);
    assert.equal(retired.code, 3);
    assert.match(retired.stderr, /is retired here; readmit it/);
    const third = await startPlace({ admission: 'open' });
    try {
      const known = await here.muster('device', 'join', third.wfm.joinString, '--state', 'd', '--json');
      await copyFile(at(here.root, 'm.json'), at(third.root, 'm.json'));
      const other = await third.muster('clients', 'import', 'm.json', '--signer', signer);
      assert.equal(other.code, 3);
      assert.match(other.stderr, new RegExp(`to the client ${String(known.json['clientId'])} here`));
    } finally {
      await third.stop();
    }
  });
});
