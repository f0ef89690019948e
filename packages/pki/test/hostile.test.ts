/** Certificates that somebody has built to be misread, or to cost time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Certificate,
  CertificateError,
  checkClientLeaf,
  createRootCa,
  generateKeyPair,
  issueServerCertificate,
  openSignedFile,
  parseCertificate,
  PathError,
  selfSignedDeviceCertificate,
  SignedFileError,
  validatePath,
} from '../src/index.ts';
import { tags, Walker } from '../src/read/der.ts';
import { workshop } from './support/openssl.ts';

// A minute from now: openssl certifies from the present second on.
const now = new Date(Date.now() + 60_000);
const notBefore = new Date(now.getTime() - 86_400_000);
const { openssl, read } = workshop();

const keys = await generateKeyPair('p256');
const root = await createRootCa({ keys, commonName: 'root', notBefore, days: 9 });
const own = { keys, commonName: 'd', notBefore, days: 9 };
const device = await selfSignedDeviceCertificate(own);
const server = await issueServerCertificate({
  ca: root,
  caKey: keys.privateKey,
  publicKey: keys.publicKey,
  hosts: ['a.example', '10.0.0.1'],
  notBefore,
  days: 9,
});

function tlv(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

/** The certificate with other parts in what is signed; its signature is of no interest here. */
function rebuilt(change: (parts: Buffer[]) => Buffer[]): Uint8Array {
  const outer = new Walker(device.der, 0, device.der.length);
  const certificate = outer.inside(outer.next(tags.sequence));
  const tbs = certificate.inside(certificate.next(tags.sequence));
  const rest = device.der.slice(certificate.at);
  const parts: Buffer[] = [];
  while (!tbs.done) parts.push(Buffer.from(tbs.whole(tbs.next())));
  return tlv(tags.sequence, Buffer.concat([tlv(tags.sequence, Buffer.concat(change(parts))), rest]));
}

function refusal(run: () => unknown): CertificateError | PathError {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof CertificateError || error instanceof PathError, String(error));
    return error;
  }
  assert.fail('it was accepted');
}

describe('a certificate that is built to be misread', () => {
  it('is taken as it is when nothing is changed', () => {
    assert.equal(parseCertificate(rebuilt((parts) => parts)).sha256, device.sha256);
  });

  const cases: Array<[string, (parts: Buffer[]) => Buffer[], RegExp]> = [
    ['a second list of extensions', (p) => [...p, p.at(-1) ?? Buffer.alloc(0)], /unexpected at byte/],
    ['something after the extensions', (p) => [...p, tlv(0xa4, Buffer.alloc(2))], /unexpected at byte/],
    ['extensions in version 1', (p) => p.slice(1), /without being of version 3/],
    [
      'extensions in version 2',
      (p) => [tlv(0xa0, tlv(tags.integer, Buffer.from([1]))), ...p.slice(1)],
      /without being of version 3/,
    ],
    [
      'a serial number with a zero too many',
      (p) => [p[0] ?? Buffer.alloc(0), tlv(tags.integer, Buffer.from([0, 5])), ...p.slice(2)],
      /serial number is not minimal/,
    ],
    [
      'an empty serial number',
      (p) => [p[0] ?? Buffer.alloc(0), tlv(tags.integer, Buffer.alloc(0)), ...p.slice(2)],
      /serial number is not minimal/,
    ],
  ];
  for (const [name, change, reason] of cases)
    it(`is refused: ${name}`, () => {
      const error = refusal(() => parseCertificate(rebuilt(change)));
      assert.equal(error.code, 'malformed');
      assert.match(error.message, reason);
    });
});

describe('an RSA key whose check would take two hundred times as long', () => {
  openssl('genpkey -algorithm RSA -pkeyopt rsa_keygen_pubexp:36893488147419103233 -out slow.key');
  openssl('req -x509 -key slow.key -subj /CN=slow -addext basicConstraints=critical,CA:FALSE -out slow.pem');
  openssl('req -x509 -key slow.key -subj /CN=slowCA -out slow-ca.pem');
  openssl('req -newkey rsa:2048 -nodes -keyout x.key -subj /CN=x -out x.csr');
  openssl('x509 -req -in x.csr -CA slow-ca.pem -CAkey slow.key -CAcreateserial -out below.pem');

  it('is refused as a device', () => {
    const error = refusal(() => checkClientLeaf(read('slow.pem')));
    assert.equal(error.code, 'weak-key');
    assert.match(error.seen ?? '', /exponent of 66 bits/);
  });

  it('is refused as an issuer, before it is asked for a signature', () => {
    const ca = read('slow-ca.pem');
    const error = refusal(() => validatePath(read('below.pem'), [], [ca], { now }));
    assert.equal(error.code, 'weak-key');
  });
});

describe('a path', () => {
  it('over a certificate that is signed with SHA-1 is none', () => {
    openssl('req -x509 -newkey rsa:2048 -nodes -keyout ca.key -subj /CN=ca -sha1 -out ca.pem');
    openssl('req -newkey rsa:2048 -nodes -keyout y.key -subj /CN=y -out y.csr');
    const issue = 'x509 -req -in y.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out y.pem';
    const pss = '-sigopt rsa_padding_mode:pss';
    const anchors = [read('ca.pem')];
    for (const [how, code] of [
      ['-sha1', 'weak-signature'],
      [`-sha1 ${pss}`, 'weak-signature'],
      [`-sha256 ${pss}`, 'accepted'],
      // The anchor is trusted as it is, whatever it has signed itself with.
      ['-sha384', 'accepted'],
    ] as const) {
      openssl(`${issue} ${how}`);
      const path = (): unknown => validatePath(read('y.pem'), [], anchors, { now });
      if (code === 'accepted') path();
      else assert.equal(refusal(path).code, code, how);
    }
  });

  it('of whatever bytes is a path or a PathError, wherever in it they stand', () => {
    fc.assert(
      fc.property(fc.constantFrom(device, server, root), fc.nat(), fc.nat(255), (source, at, byte) => {
        const bytes = Buffer.from(source.der);
        bytes[at % bytes.length] = byte;
        let changed: Certificate;
        try {
          changed = parseCertificate(bytes);
        } catch {
          return;
        }
        const options = { now, purpose: 'serverAuth', hostName: 'a.example' } as const;
        for (const path of [
          (): unknown => validatePath(changed, [changed, root], [changed], options),
          (): unknown => validatePath(changed, [], [root], options),
          (): unknown => validatePath(server, [changed], [root], options),
          (): unknown => validatePath(changed, [], [changed], { now, asIssuer: true }),
        ])
          try {
            path();
          } catch (error) {
            assert.ok(error instanceof PathError, String(error));
          }
      }),
      { numRuns: 1500, seed: 5280 },
    );
  });
});

it('a signed file whose certificate has a key that cannot sign is one that was changed', () => {
  openssl('genpkey -algorithm X25519 -out agree.key');
  openssl('pkey -in agree.key -pubout -out agree.pub');
  openssl('req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout z.key -subj /CN=z -out z.csr');
  openssl('req -x509 -key z.key -subj /CN=zca -out zca.pem');
  openssl(
    'x509 -req -in z.csr -CA zca.pem -CAkey z.key -force_pubkey agree.pub -CAcreateserial -out agree.pem',
  );
  const statement = '{"kind":"trust-pack"}';
  const { pem } = read('agree.pem');
  const text = JSON.stringify({
    format: 'muster-trust-pack-1',
    statement,
    signature: 'AAAA',
    certificate: pem,
  });
  assert.throws(
    () => openSignedFile(text, 'trust-pack', 'trust pack'),
    (error) => error instanceof SignedFileError && error.code === 'bad-signature',
  );
});
