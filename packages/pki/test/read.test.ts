import 'reflect-metadata';
import assert from 'node:assert/strict';
import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { X509Certificate } from '@peculiar/x509';
import fc from 'fast-check';
import {
  type Certificate,
  CertificateError,
  checkClientLeaf,
  checkValidity,
  createCsr,
  createRootCa,
  decodeCertificates,
  encodeCertificates,
  fileSigner,
  generateKeyPair,
  issueServerCertificate,
  KeyFileError,
  loadKeyFile,
  makeDirectory,
  parseCertificate,
  readCertificateFile,
  saveKeyFile,
  selfSignedDeviceCertificate,
  validatePath,
  writeFileAtomic,
} from '../src/index.ts';
import { workshop } from './support/openssl.ts';

const notBefore = new Date(Date.now() - 86_400_000);
const keys = await generateKeyPair('p256');
const leaf = await selfSignedDeviceCertificate({ keys, commonName: 'd', notBefore, days: 30 });
const { directory, openssl, read } = workshop();

const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'accepted';
  } catch (error) {
    assert.ok(error instanceof CertificateError, String(error));
    return error.code;
  }
};

describe('reading certificates', () => {
  it('writes names as the library does, whatever they hold', async () => {
    const names = [
      'd',
      'press 1.halden:7/(a)',
      'a, b',
      'a+b=c',
      ' a',
      'a ',
      'a  b',
      'a"b',
      'Bäcker',
      'a\\b',
      'a;b<c>',
    ];
    for (const commonName of names) {
      const made = await selfSignedDeviceCertificate({ keys, commonName, notBefore, days: 30 });
      const library = new X509Certificate(Buffer.from(made.der)).subjectName;
      assert.equal(made.subject, library.toString(), commonName);
      assert.equal(made.issuer, made.subject);
    }
    const subject = '/C=DE/ST=Hessen/L=Halden/O=Plant 7/OU=Line A/CN=press-1';
    for (const more of ['', '/serialNumber=7', '/emailAddress=a@b.example', '+UID=x']) {
      const made =
        'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -multivalue-rdn -keyout /dev/null';
      const pem = openssl(made, '-subj', subject + more).toString();
      assert.equal(readCertificateFile(Buffer.from(pem))[0]?.subject, new X509Certificate(pem).subject, more);
    }
  });

  it('takes all four encodings, with blanks, without padding, in base64url', () => {
    const der = Buffer.from(leaf.der);
    const pem64 = encodeCertificates([leaf], 'base64-pem');
    for (const text of [
      leaf.pem,
      pem64,
      encodeCertificates([leaf], 'base64-der'),
      der.toString('base64url'),
      der.toString('base64').replace(/=+$/, ''),
      pem64.replace(/.{60}/g, '$&\n'),
      `\n${leaf.pem}\n`,
    ]) {
      assert.equal(decodeCertificates(text)[0]?.sha256, leaf.sha256);
    }
    assert.equal(readCertificateFile(der)[0]?.spkiSha256, leaf.spkiSha256);
    assert.equal(decodeCertificates(leaf.pem + leaf.pem).length, 2);
  });

  it('refuses everything else as a CertificateError, whatever the bytes', () => {
    for (const text of [
      '',
      '***',
      'AAAA',
      '-----BEGIN CERTIFICATE-----',
      leaf.pem.repeat(17),
      'A'.repeat(300_000),
    ])
      assert.notEqual(
        codeOf(() => decodeCertificates(text)),
        'accepted',
      );
    fc.assert(
      fc.property(fc.nat(leaf.der.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
        const bytes = Buffer.from(leaf.der);
        bytes[at] = byte;
        codeOf(() => checkClientLeaf(parseCertificate(cut ? bytes.subarray(0, at) : bytes)));
      }),
      { numRuns: 500 },
    );
  });

  it('checks the leaf rules and the time', async () => {
    const made = async (k: Parameters<typeof selfSignedDeviceCertificate>[0]['keys']) =>
      selfSignedDeviceCertificate({ keys: k, commonName: 'x', notBefore, days: 2 });
    assert.equal(
      codeOf(() => checkClientLeaf(leaf)),
      'accepted',
    );
    const weak = await made(generateKeyPairSync('rsa', { modulusLength: 1024 }));
    assert.equal(
      codeOf(() => checkClientLeaf(weak)),
      'weak-key',
    );
    const ca = await createRootCa({ keys, commonName: 'ca', notBefore, days: 9 });
    assert.equal(
      codeOf(() => checkClientLeaf(ca)),
      'is-ca',
    );
    assert.equal(
      codeOf(() => checkValidity(leaf, new Date(Date.now() + 60 * 86_400_000))),
      'expired',
    );
    assert.equal(
      codeOf(() => checkValidity(leaf, new Date(0))),
      'not-yet-valid',
    );
    const leafOf = (more: string): Certificate => {
      openssl(
        `req -x509 -nodes -keyout k -out c -subj /CN=x -addext basicConstraints=critical,CA:FALSE ${more}`,
      );
      return read('c');
    };
    const p521 = leafOf('-newkey ec -pkeyopt ec_paramgen_curve:secp521r1');
    assert.equal(
      codeOf(() => checkClientLeaf(p521)),
      'unsupported-key',
    );
    const usage = leafOf('-newkey rsa:2048 -addext keyUsage=keyEncipherment');
    assert.equal(
      codeOf(() => checkClientLeaf(usage)),
      'key-usage',
    );
  });
});

describe('issuing', () => {
  it('makes a CA and a server certificate that openssl accepts for its names', async () => {
    const caKeys = await generateKeyPair('p256');
    const ca = await createRootCa({ keys: caKeys, commonName: 'root', notBefore, days: 365 });
    const server = await generateKeyPair('p256');
    const certificate = await issueServerCertificate({
      ca,
      caKey: caKeys.privateKey,
      publicKey: server.publicKey,
      hosts: ['wfm.example', '127.0.0.1', '::1'],
      notBefore,
      days: 30,
    });
    await writeFile(join(directory, 'ca.pem'), ca.pem);
    await writeFile(join(directory, 'server.pem'), certificate.pem);
    for (const name of ['-verify_hostname wfm.example', '-verify_ip 127.0.0.1', '-verify_ip ::1'])
      openssl(`verify -x509_strict -purpose sslserver ${name} -CAfile ca.pem server.pem`);
    for (const hostName of ['wfm.example', '127.0.0.1', '::1', '0:0:0:0:0:0:0:1'])
      validatePath(certificate, [], [ca], { now: new Date(), purpose: 'serverAuth', hostName });
    assert.throws(
      () =>
        validatePath(certificate, [], [ca], {
          now: new Date(),
          purpose: 'serverAuth',
          hostName: 'evil.example',
        }),
      { code: 'host-name' },
    );
  });

  it('makes a CSR that openssl verifies', async () => {
    await writeFile(join(directory, 'r.csr'), await createCsr({ keys, commonName: 'device 7' }));
    openssl('req -verify -noout -in r.csr');
  });
});

describe('key files', () => {
  const path = join(directory, 'key.pem');

  it('are 0600, whole, and never overwritten by another key', async () => {
    await saveKeyFile(path, keys.privateKey);
    await saveKeyFile(path, keys.privateKey);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    await assert.rejects(saveKeyFile(path, (await generateKeyPair('p256')).privateKey), { code: 'exists' });
    assert.equal(fileSigner(await loadKeyFile(path), path).spkiSha256, leaf.spkiSha256);
  });

  it('that others can read are refused with the fix', async () => {
    await chmod(path, 0o640);
    await assert.rejects(
      loadKeyFile(path),
      (error) =>
        error instanceof KeyFileError &&
        error.code === 'permissions' &&
        error.nextStep === `chmod 600 ${path}`,
    );
    await chmod(path, 0o600);
  });

  it('with a passphrase open only with it', async () => {
    const locked = join(directory, 'locked.pem');
    await saveKeyFile(locked, keys.privateKey, 'correct horse');
    await assert.rejects(loadKeyFile(locked), { code: 'passphrase' });
    await assert.rejects(loadKeyFile(locked, 'wrong'), { code: 'passphrase' });
    assert.equal(fileSigner(await loadKeyFile(locked, 'correct horse'), locked).spkiSha256, leaf.spkiSha256);
    await assert.rejects(loadKeyFile(join(directory, 'none')), { code: 'missing' });
  });

  it('folders are made whole, for their owner, once by many, and never below what takes none', async () => {
    const deep = join(directory, 'a1', 'b', 'c');
    await Promise.all(Array.from({ length: 8 }, () => makeDirectory(deep)));
    for (const path of [deep, join(directory, 'a1')]) assert.equal((await stat(path)).mode & 0o777, 0o700);
    await writeFile(join(directory, 'plain'), '');
    await assert.rejects(makeDirectory(join(directory, 'plain')), { code: 'EEXIST' });
    await assert.rejects(makeDirectory(join(directory, 'plain', 'x')), { code: 'EEXIST' });
    if (process.platform === 'linux') await assert.rejects(makeDirectory('/proc/none/x'), { code: 'ENOENT' });
  });

  it('atomic writes leave no temporary files, not even after a failure', async () => {
    await writeFileAtomic(join(directory, 'a'), 'x', 0o600);
    await assert.rejects(writeFileAtomic(join(directory, 'none', 'a'), 'x', 0o600));
    assert.deepEqual(
      (await readdir(directory)).filter((f) => f.endsWith('.tmp')),
      [],
    );
  });
});
