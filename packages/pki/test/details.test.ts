/** Names and usages by their parts, judged by openssl's own text. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { certificateDetails, CertificateError, nameWarnings } from '../src/index.ts';
import { workshop } from './support/openssl.ts';

const { selfSigned: make } = workshop();

describe('certificate details', () => {
  it('keep the attributes of a subject apart, whatever is in them', () => {
    const { subject } = certificateDetails(make('/O=x, CN=y/CN=Grün \\/ 1/CN=second'));
    assert.deepEqual(subject, [
      { type: 'O', value: 'x, CN=y' },
      { type: 'CN', value: 'Grün / 1' },
      { type: 'CN', value: 'second' },
    ]);
  });

  it('read alternative names and extended key usages', () => {
    const details = certificateDetails(
      make(
        '/CN=x',
        'subjectAltName=DNS:a.example,IP:10.0.0.1,URI:urn:x:1,email:a@b.example',
        'extendedKeyUsage=clientAuth,1.3.6.1.4.1.99999.1.200',
      ),
    );
    assert.deepEqual(details.alternativeNames, [
      'dns:a.example',
      'ip:10.0.0.1',
      'uri:urn:x:1',
      'email:a@b.example',
    ]);
    assert.deepEqual(details.extendedKeyUsage, ['1.3.6.1.5.5.7.3.2', '1.3.6.1.4.1.99999.1.200']);
    const bare = certificateDetails(make('/CN=x'));
    assert.deepEqual([bare.alternativeNames, bare.extendedKeyUsage], [[], []]);
  });

  it('refuse names that steer the eye or the terminal, and too many of them', () => {
    for (const bad of ['/CN=a\u202eb', '/CN=a\u0007b', '/CN=a\u200bb'])
      assert.throws(() => certificateDetails(make(bad)), CertificateError, JSON.stringify(bad));
    const names = Array.from({ length: 65 }, (_, i) => `DNS:h${i}.example`).join();
    assert.throws(() => certificateDetails(make('/CN=x', `subjectAltName=${names}`)), CertificateError);
  });

  it('warn of letters of several scripts in one name', () => {
    assert.equal(nameWarnings(['GАTE-1']).length, 1);
    assert.deepEqual(nameWarnings(['GATE-1', 'Grün', 'Ворота']), []);
  });
});
