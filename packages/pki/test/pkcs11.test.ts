/** Keys in real tokens. node:crypto and openssl judge what they sign. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { constants, verify } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import {
  createCsr,
  formatKeyUri,
  openTokenKey,
  parseKeyUri,
  selfSignedDeviceCertificate,
  type Signer,
  TokenError,
} from '../src/index.ts';
import { noSofthsm, noTpm, pin, type Softhsm, startSofthsm, startTpm, type Tpm } from './support/tokens.ts';

const is = (code: string) => (e: unknown) =>
  e instanceof TokenError && e.code === code && e.nextStep !== '' && !JSON.stringify(e).includes(pin);
const base = Buffer.from('"@method": POST');
const holds = (signer: Signer, signature: Uint8Array): boolean =>
  verify(
    signer.algorithm === 'ecdsa-p384-sha384' ? 'sha384' : 'sha256',
    base,
    signer.algorithm.startsWith('ecdsa')
      ? { key: signer.publicKey, dsaEncoding: 'ieee-p1363' }
      : signer.algorithm === 'rsa-v1_5-sha256'
        ? { key: signer.publicKey }
        : { key: signer.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
    signature,
  );

describe('the URI of a key', () => {
  it('is read strictly, and written as it is read', () => {
    const text =
      'pkcs11:token=my%20plant;serial=00a;slot-id=3;object=k%c3%a4se;id=%01%ff?module-path=/m.so&pin-source=file:/run/pin';
    const uri = parseKeyUri(text);
    assert.deepEqual(uri, {
      modulePath: '/m.so',
      token: 'my plant',
      serial: '00a',
      slotId: 3,
      object: 'käse',
      id: '01ff',
      pinFile: '/run/pin',
    });
    assert.deepEqual(parseKeyUri(formatKeyUri(uri)), uri);
    assert.equal(parseKeyUri('pkcs11:id=%01?module-path=/m.so&pin-source=file:///p').pinFile, '/p');
  });

  const bad: Array<[string, RegExp]> = [
    ['file:/key.pem', /no URI/],
    ['pkcs11:object=a', /no module/],
    ['pkcs11:token=a?module-path=/m.so', /which key/],
    ['pkcs11:object=a;object=b?module-path=/m.so', /twice/],
    ['pkcs11:object=a;colour=b?module-path=/m.so', /not known/],
    ['pkcs11:object=a%zz?module-path=/m.so', /cannot be read/],
    ['pkcs11:object=a%00?module-path=/m.so', /no text/],
    ['pkcs11:object=%ff?module-path=/m.so', /no text/],
    ['pkcs11:object=?module-path=/m.so', /cannot be read/],
    ['pkcs11:object=a?module-path=m.so', /absolute/],
    ['pkcs11:object=a?module-path=/m.so&pin-source=%7Ccat', /not a command/],
    ['pkcs11:object=a?module-path=/m.so&pin-value=1234', /PIN does not belong/],
    ['pkcs11:object=a;type=cert?module-path=/m.so', /private key/],
    ['pkcs11:object=a;slot-id=x?module-path=/m.so', /number/],
    [`pkcs11:object=${'a'.repeat(2000)}?module-path=/m.so`, /too long/],
  ];
  for (const [text, message] of bad)
    it(`refuses ${text.slice(0, 60)}`, () => {
      assert.throws(
        () => parseKeyUri(text),
        (e) => is('uri')(e) && message.test((e as Error).message),
      );
    });
});

describe('a key in SoftHSM', { skip: noSofthsm }, () => {
  let hsm: Softhsm;
  const open = (object: string, o: Partial<Parameters<typeof openTokenKey>[0]> = {}) =>
    openTokenKey({ uri: parseKeyUri(hsm.uri(object)), pin: () => Promise.resolve(pin), ...o });
  before(async () => {
    hsm = await startSofthsm();
  });
  after(() => hsm.close());

  for (const make of ['p256', 'p384', 'rsa2048', 'rsa3072'] as const)
    it(`is made inside (${make}), signs, and never comes out`, async () => {
      const { signer, created } = await open(make, { make });
      assert.equal(created, true);
      assert.equal(signer.protection, 'pkcs11');
      assert.equal(signer.token?.label, 'plant');
      assert.match(signer.token?.manufacturer ?? '', /SoftHSM/);
      assert.ok(holds(signer, await signer.sign(base)));
      const again = await open(make, { make });
      assert.equal(again.created, false);
      assert.equal(again.signer.spkiSha256, signer.spkiSha256);
      // Its own words, by another program.
      const seen = execFileSync(
        'pkcs11-tool',
        [
          '--module',
          parseKeyUri(hsm.uri('x')).modulePath,
          '--login',
          '--pin',
          pin,
          '-O',
          '--type',
          'privkey',
        ],
        { encoding: 'utf8', env: { ...process.env, ...hsm.env } },
      );
      assert.match(
        seen,
        new RegExp(`label: +${make}\\n[^]*?Access: +sensitive, always sensitive, never extrac`),
      );
    });

  it('signs RSA-PSS when told to', async () => {
    const { signer } = await open('rsa2048', { algorithm: 'rsa-pss-sha256' });
    assert.ok(holds(signer, await signer.sign(base)));
  });

  for (const kind of ['p256', 'p384', 'rsa2048'] as const)
    it(`issues a certificate and a request that openssl takes (${kind})`, async () => {
      const { signer } = await open(kind);
      const certificate = await selfSignedDeviceCertificate({
        keys: signer,
        commonName: 'press-1',
        notBefore: new Date(Date.now() - 1000),
        days: 10,
      });
      await writeFile(`${hsm.root}/c.pem`, certificate.pem);
      assert.match(
        execFileSync(
          'openssl',
          ['verify', '-check_ss_sig', '-CAfile', `${hsm.root}/c.pem`, `${hsm.root}/c.pem`],
          {
            encoding: 'utf8',
          },
        ),
        /OK/,
      );
      assert.equal(certificate.spkiSha256, signer.spkiSha256);
      await writeFile(`${hsm.root}/r.pem`, await createCsr({ keys: signer, commonName: 'press-1' }));
      execFileSync('openssl', ['req', '-in', `${hsm.root}/r.pem`, '-noout', '-verify'], { stdio: 'ignore' });
    });

  it('is made once, however many ask at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => open('once', { make: 'p256' })));
    assert.equal(all.filter((o) => o.created).length, 1);
    assert.equal(new Set(all.map((o) => o.signer.spkiSha256)).size, 1);
  });

  it('signs for many at once without holding up the event loop', async () => {
    const [a, b] = await Promise.all([open('p256'), open('rsa3072')]);
    let [ticks, longest, last] = [0, 0, performance.now()];
    const timer = setInterval(() => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      ticks++;
    }, 2);
    const signed = await Promise.all(
      Array.from({ length: 200 }, async (_v, i) => {
        const { signer } = i % 2 === 0 ? a : b;
        return holds(signer, await signer.sign(base));
      }),
    );
    clearInterval(timer);
    assert.ok(signed.every(Boolean));
    assert.ok(ticks >= 10, `${ticks} ticks`);
    assert.ok(longest < 250, `${longest} ms without a tick`);
  });

  it('survives that the token goes and comes back', async () => {
    const { signer } = await open('p256');
    await rename(hsm.tokens, `${hsm.tokens}.away`);
    await assert.rejects(signer.sign(base), (e) => e instanceof TokenError);
    await rename(`${hsm.tokens}.away`, hsm.tokens);
    assert.ok(holds(signer, await signer.sign(base)));
  });

  it('names what is missing: token, key, module, PIN', async () => {
    const at = (text: string) => openTokenKey({ uri: parseKeyUri(text), pin: () => Promise.resolve(pin) });
    await assert.rejects(at(hsm.uri('p256').replace('plant', 'other')), is('token-missing'));
    await assert.rejects(at(hsm.uri('nothing')), is('key-missing'));
    await assert.rejects(at('pkcs11:object=a?module-path=/nowhere.so'), is('module'));
    await assert.rejects(at('pkcs11:object=a?module-path=/etc/passwd'), is('module'));
  });

  it('answers in bounded time, also behind somebody who takes his time', async () => {
    const { signer } = await open('p384', { timeout: 300 });
    const names = Array.from({ length: 12 }, (_v, i) => `slow-${i}`);
    const slow = Promise.all(names.map((name) => open(name, { make: 'rsa2048' })));
    // The others are in the queue by then.
    await setImmediate();
    await assert.rejects(signer.sign(base), is('timeout'));
    await slow;
    assert.ok(holds(signer, await signer.sign(base)));
  });

  it('never tries a refused PIN again', async () => {
    const script = `
      const { openTokenKey, parseKeyUri } = await import(${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)});
      const uri = parseKeyUri(${JSON.stringify(hsm.uri('p256'))});
      const seen = [];
      for (const pin of ['wrong', 'wrong', ${JSON.stringify(pin)}])
        await openTokenKey({ uri, pin: async () => pin }).then(() => seen.push('in'), (e) => seen.push(e.code + ' ' + e.seen));
      console.log(JSON.stringify(seen));`;
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      env: { ...process.env, ...hsm.env },
    });
    assert.deepEqual(JSON.parse(out), [
      'pin CKR_PIN_INCORRECT',
      'pin the PIN that it has refused before',
      'in',
    ]);
  });
});

describe('a key in a TPM', { skip: noTpm }, () => {
  let tpm: Tpm;
  before(async () => {
    tpm = await startTpm();
  });
  after(() => tpm.close());

  it('is made inside, signs, and comes back with the TPM', async () => {
    const open = (make?: 'p256' | 'rsa2048') =>
      openTokenKey({ uri: parseKeyUri(tpm.uri(make ?? 'p256')), pin: () => Promise.resolve(pin), make });
    const { signer, created } = await open('p256');
    assert.equal(created, true);
    assert.equal(signer.protection, 'tpm');
    const signatures = await Promise.all(Array.from({ length: 200 }, () => signer.sign(base)));
    assert.ok(signatures.every((s) => holds(signer, s)));
    const rsa = await open('rsa2048');
    assert.ok(holds(rsa.signer, await rsa.signer.sign(base)));
    await tpm.stop();
    await assert.rejects(signer.sign(base), (e) => e instanceof TokenError);
    await tpm.start();
    assert.ok(holds(signer, await signer.sign(base)));
    assert.equal((await open()).signer.spkiSha256, signer.spkiSha256);
  });
});
