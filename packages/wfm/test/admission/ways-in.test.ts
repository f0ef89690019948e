/** The ways in, through the real listener, with device certificates that openssl has made. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type DeviceCa, makeDeviceCa } from '../support/openssl.ts';
import { type Answer, onboard, type Rig, startRig, testClient } from '../support/wfm.ts';

const type = (answer: Answer): string => String(answer.body['type']).split(/[:/]/).at(-1) ?? '';

describe('device certificate authorities', () => {
  let rig: Rig;
  let ca: DeviceCa;
  let sub: DeviceCa;
  before(async () => {
    rig = await startRig({ admission: 'closed' });
    ca = makeDeviceCa();
    sub = ca.sub({ subject: '/O=ACME/CN=ACME line 1', pathLength: 0 });
  });
  after(async () => {
    await rig.stop();
    ca.remove();
  });
  const add = (name: string, certificates: string, more: object = {}): Promise<Answer> =>
    rig.operator('POST', '/device-authorities', { name, certificates, ...more });
  let version = 0;
  const activate = async (...rules: object[]): Promise<void> => {
    const answer = await rig.operator('PUT', '/rules', { version, rules });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    version = Number(answer.body['version']);
  };
  const rule = (o: object = {}): object => ({
    name: 'acme',
    action: 'allow',
    reason: 'our own',
    match: { authority: 'acme' },
    ...o,
  });

  it('are refused by name when they cannot be one', async () => {
    const leaf = ca.issue({ subject: '/CN=leaf' });
    const expired = ca.issue({
      subject: '/CN=old',
      extensions: 'basicConstraints=critical,CA:TRUE\n',
      days: -1,
    });
    const tight = makeDeviceCa('/CN=tight', 0);
    const tooDeep = tight.sub({ subject: '/CN=too deep' });
    const cases: ReadonlyArray<readonly [string, string]> = [
      [leaf.certificate.pem, 'not-a-ca'],
      [`${expired.certificate.pem}${ca.pem}`, 'expired'],
      [`${tooDeep.pem}${tight.pem}`, 'path-length'],
      [rig.ca, 'own-root'],
      ['nothing', 'malformed'],
    ];
    for (const [pem, check] of cases) {
      const answer = await add('bad', pem);
      assert.equal(answer.status, 422, check);
      assert.equal(answer.body['check'], check);
    }
    for (const crlUrl of ['https://', 'https://user:hush@crl.example/']) {
      const answer = await add('bad', ca.pem, { crlUrl });
      assert.deepEqual(
        [answer.status, JSON.stringify(answer.body['errors']).includes('crlUrl')],
        [422, true],
      );
      assert.doesNotMatch(answer.text, /hush/);
    }
    tight.remove();
    assert.deepEqual((await rig.operator('GET', '/device-authorities')).body['items'], []);
  });

  it('let in by a rule, with its labels, and say which rule it was', async () => {
    assert.equal((await add('acme', ca.pem)).status, 201);
    assert.equal((await add('acme', ca.pem)).status, 200, 'the same again changes nothing');
    assert.equal((await add('acme', rig.ca.replace(/./, '-'))).status, 422);
    const device = sub.issue({ subject: '/O=ACME/CN=GW-1' });
    const early = await onboard(rig, device, {}, { pem: device.pem + sub.pem });
    assert.deepEqual([early.status, type(early)], [403, 'certificate-not-trusted'], 'no rule, no entry');
    await activate(
      rule({ match: { authority: 'acme', subject: { CN: 'GW-*' } }, labels: { site: 'north' } }),
    );
    const answer = await onboard(rig, device, {}, { pem: device.pem + sub.pem });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    const { body } = await rig.operator('GET', `/clients/${String(answer.body['clientId'])}`);
    assert.deepEqual([body['rule'], body['authority'], body['labels']], ['acme', 'acme', { site: 'north' }]);
    const listed = await rig.operator('GET', '/clients?label=site%3Dnorth&authority=acme&text=gw-1');
    assert.equal((listed.body['items'] as unknown[]).length, 1);
    for (const none of ['label=site%3Dsouth', 'authority=other', 'text=plc'])
      assert.deepEqual((await rig.operator('GET', `/clients?${none}`)).body['items'], []);
    const plc = sub.issue({ subject: '/O=ACME/CN=PLC-1' });
    assert.equal((await onboard(rig, plc, {}, { pem: plc.pem + sub.pem })).status, 403);
  });

  it('find their intermediates in the request or on file', async () => {
    const device = sub.issue({ subject: '/O=ACME/CN=GW-2' });
    assert.equal((await onboard(rig, device)).status, 403, 'the CA in between is nowhere to be found');
    assert.equal((await add('with line 1', sub.pem + ca.pem)).status, 201);
    await activate(rule({ match: { authority: 'with line 1' } }), rule({ name: 'plain' }));
    const other = sub.issue({ subject: '/O=ACME/CN=GW-3' });
    assert.equal((await onboard(rig, other)).status, 201, 'on file');
    await rig.operator('PUT', '/rules', { version, rules: [] });
    version++;
    assert.equal((await rig.operator('DELETE', '/device-authorities/acme')).status, 204);
    await activate(rule({ match: { authority: 'with line 1' } }));
    const third = sub.issue({ subject: '/O=ACME/CN=GW-3b' });
    assert.equal((await onboard(rig, third, {}, { pem: third.pem + sub.pem })).status, 201, 'sent along');
  });

  it('let in by how the device says that its key is kept, beside the chain', async () => {
    await activate(rule({ match: { authority: 'with line 1', keyProtection: ['tpm', 'pkcs11'] } }));
    const device = sub.issue({ subject: '/O=ACME/CN=GW-TPM' });
    const ask = (kept: unknown): Promise<Answer> =>
      onboard(rig, device, {}, { body: { 'x-muster-key-protection': kept } });
    for (const [answer, why] of [
      [await onboard(rig, device), /does not say how its key is kept/],
      [await ask('software'), /kept by software, not by tpm or pkcs11/],
    ] as const) {
      assert.equal(answer.status, 403);
      assert.match(JSON.stringify(answer.body), why);
    }
    assert.equal((await ask(7)).status, 400);
    const stranger = await testClient();
    const claim = { body: { 'x-muster-key-protection': 'tpm' } };
    assert.equal((await onboard(rig, stranger, {}, claim)).status, 403, 'the word alone is worth nothing');
    assert.equal((await ask('tpm')).status, 201);
    const alone = { name: 'x', action: 'allow', reason: 'r', match: { keyProtection: ['tpm'] } };
    assert.equal((await rig.operator('PUT', '/rules', { version, rules: [alone] })).status, 422);
    await activate(rule({ match: { authority: 'with line 1' } }));
  });

  it('do not let in a chain that stands beside another signing key', async () => {
    const victim = sub.issue({ subject: '/O=ACME/CN=GW-4' });
    const thief = await testClient();
    const beside = await onboard(rig, thief, {}, { pem: thief.certificate.pem + victim.pem + sub.pem });
    assert.deepEqual([beside.status, type(beside)], [403, 'certificate-not-trusted']);
    const instead = await onboard(rig, thief, {}, { pem: victim.pem + sub.pem });
    assert.deepEqual([instead.status, type(instead)], [401, 'signature-verification-failed']);
    const impostor = makeDeviceCa('/O=ACME/CN=ACME device root');
    const forged = impostor.issue({ subject: '/O=ACME/CN=GW-4' });
    assert.equal((await onboard(rig, forged, {}, { pem: forged.pem + impostor.pem })).status, 403);
    impostor.remove();
  });

  it('are not deceived by commas, controls or lookalike letters in names', async () => {
    await activate(rule({ match: { authority: 'with line 1', subject: { CN: 'GATE-1' } } }));
    for (const subject of [
      '/O=x, CN=GATE-1/CN=other',
      '/CN=GАTE-1',
      '/CN=GATE-1/CN=GATE-1',
      '/CN=GATE-1\\, O=ACME',
    ]) {
      const device = sub.issue({ subject });
      assert.equal((await onboard(rig, device)).status, 403, subject);
    }
    const bidi = sub.issue({ subject: '/CN=GATE-1\u202e' });
    const answer = await onboard(rig, bidi);
    assert.deepEqual([answer.status, answer.body['check']], [400, 'malformed']);
    const good = sub.issue({ subject: '/CN=GATE-1' });
    assert.equal((await onboard(rig, good)).status, 201);
  });

  it('hold for two persons where a rule says so', async () => {
    await activate(rule({ action: 'hold', approvals: 2, match: { authority: 'with line 1' } }));
    const device = sub.issue({ subject: '/CN=GW-5' });
    const waiting = await onboard(rig, device);
    assert.deepEqual([waiting.status, type(waiting)], [403, 'client-approval-pending']);
    const path = `/enrollments/${String(waiting.body['enrollmentId'])}/approve`;
    const first = await rig.operator('POST', path);
    assert.deepEqual(
      [first.status, first.body['state'], first.body['approvals']],
      [200, 'pending', ['admin']],
    );
    const again = await rig.operator('POST', path);
    assert.deepEqual(again.body['approvals'], ['admin'], 'the same person counts once');
    assert.equal((await onboard(rig, device)).status, 403);
  });

  it('stop at their quota, also under concurrent requests', async () => {
    await activate(rule({ name: 'three', quota: 3, match: { authority: 'with line 1' } }));
    const devices = Array.from({ length: 8 }, (_, i) => sub.issue({ subject: `/CN=Q-${i}` }));
    const answers = await Promise.all(devices.map((d) => onboard(rig, d)));
    assert.equal(answers.filter((a) => a.status === 201).length, 3);
    const { body } = await rig.operator('GET', '/clients?text=q-');
    assert.equal((body['items'] as Array<{ rule: string }>).filter((c) => c.rule === 'three').length, 3);
  });

  it('refuse what is revoked, block clients whose certificate is, and follow the policy when a list is stale', async () => {
    await rig.operator('PUT', '/rules', { version, rules: [] });
    version++;
    await rig.operator('DELETE', '/device-authorities/with%20line%201');
    assert.equal((await add('strict', ca.pem, { crlPolicy: 'fail-closed' })).status, 201);
    await activate(rule({ match: { authority: 'strict' } }));
    const device = ca.issue({ subject: '/CN=R-1' });
    const lost = ca.issue({ subject: '/CN=R-2' });
    const missing = await onboard(rig, device);
    assert.equal(missing.status, 403);
    assert.match(String(missing.body['detail']), /no revocation list/);
    const put = (crl: Buffer): Promise<Answer> =>
      rig.operator('POST', '/device-authorities/strict/crl', { crl: crl.toString('base64') });
    assert.equal((await put(ca.crl([], -1))).status, 200);
    assert.match(String((await onboard(rig, device)).body['detail']), /out of date/);
    const fresh = await put(ca.crl([lost.certificate]));
    assert.deepEqual([fresh.body['result'], fresh.body['entries']], ['stored', 1]);
    const refused = await onboard(rig, lost);
    assert.equal(refused.status, 403);
    assert.match(String(refused.body['detail']), /Revoked/);
    const admitted = await onboard(rig, device);
    assert.equal(admitted.status, 201);
    const foreign = makeDeviceCa('/CN=somebody else');
    assert.equal((await put(foreign.crl([]))).status, 422);
    foreign.remove();
    assert.equal((await put(Buffer.from('x'))).status, 422);
    assert.equal(
      (await put(ca.crl([], -1))).body['result'],
      'older',
      'an older list could hide a revocation',
    );
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const second = await put(ca.crl([lost.certificate, device.certificate]));
    assert.deepEqual(second.body['blocked'], [admitted.body['clientId']]);
    const after = await rig.operator('GET', `/clients/${String(admitted.body['clientId'])}`);
    assert.equal(after.body['state'], 'blocked');
    assert.match(String(after.body['blockedReason']), /revoked/);
  });

  it('lets nobody overwrite rules that somebody else has changed', async () => {
    const answer = await rig.operator('PUT', '/rules', {
      version: 0,
      rules: [rule({ action: 'deny', match: { authority: 'strict' } })],
    });
    assert.deepEqual([answer.status, answer.body['version']], [409, version]);
    const gone = await rig.operator('DELETE', '/device-authorities/strict');
    assert.equal(gone.status, 409, 'a rule still speaks of it');
  });
});

describe('rehearsal', () => {
  it('tells what would have been decided differently, and changes nothing', async () => {
    const rig = await startRig();
    const ca = makeDeviceCa();
    await rig.operator('POST', '/device-authorities', { name: 'acme', certificates: ca.pem });
    const device = ca.issue({ subject: '/CN=GW-1' });
    const stranger = await testClient();
    for (const one of [device, stranger]) assert.equal((await onboard(rig, one)).status, 403);
    const rules = [{ name: 'acme', action: 'allow', reason: 'ours', match: { authority: 'acme' } }];
    const lines = await rig.text('POST', '/rules/rehearse', { rules });
    const events = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const differences = events.filter((e) => e['event'] === 'difference');
    assert.equal(differences.length, 1);
    assert.equal(differences[0]?.['fingerprint'], `sha256:${device.certificate.sha256}`);
    assert.deepEqual(events.at(-1), { event: 'summary', requests: 2, differences: 1, skipped: 0 });
    assert.equal((await onboard(rig, device)).status, 403);
    await rig.stop();
    ca.remove();
  });
});
