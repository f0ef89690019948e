/** Path validation, judged by `openssl verify` over generated chains. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { NameConstraints, GeneralName, GeneralSubtree, GeneralSubtrees } from '@peculiar/asn1-x509';
import { AsnConvert } from '@peculiar/asn1-schema';
import * as x509 from '@peculiar/x509';
import { type Certificate, parseCertificate, PathError, validatePath } from '../src/index.ts';

const run = promisify(execFile);
const day = 86_400_000;
const now = new Date();
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const makeKeys = (): Promise<CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;

interface Shape {
  readonly ca?: boolean;
  readonly pathLength?: number;
  readonly usages?: number | null;
  readonly eku?: string;
  readonly notBefore?: number;
  readonly notAfter?: number;
  readonly critical?: string;
  readonly permitted?: string;
  readonly excluded?: string;
  readonly dns?: string;
  readonly wrongKey?: boolean;
  readonly wrongIssuer?: boolean;
}

interface Made {
  readonly keys: CryptoKeyPair;
  readonly name: string;
  readonly der: Buffer;
}

let serial = 1;
const pool: CryptoKeyPair[] = await Promise.all(Array.from({ length: 6 }, makeKeys));

async function make(shape: Shape, depth: number, issuer: Made | undefined): Promise<Made> {
  const keys = pool[depth] ?? (await makeKeys());
  const name = `CN=level ${depth} ${issuer === undefined ? 'root' : ''}`.trim();
  const ca = shape.ca ?? true;
  const extensions: x509.Extension[] = [
    new x509.BasicConstraintsExtension(ca, ca ? shape.pathLength : undefined, true),
  ];
  if (shape.usages !== null)
    extensions.push(
      new x509.KeyUsagesExtension(
        shape.usages ?? (ca ? x509.KeyUsageFlags.keyCertSign : x509.KeyUsageFlags.digitalSignature),
        true,
      ),
    );
  if (shape.eku !== undefined) extensions.push(new x509.ExtendedKeyUsageExtension([shape.eku]));
  if (shape.dns !== undefined)
    extensions.push(new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: shape.dns }]));
  if (shape.critical !== undefined)
    extensions.push(new x509.Extension(shape.critical, true, new Uint8Array([5, 0])));
  if (shape.permitted !== undefined || shape.excluded !== undefined) {
    const tree = (dns: string): GeneralSubtrees =>
      new GeneralSubtrees([new GeneralSubtree({ base: new GeneralName({ dNSName: dns }) })]);
    const constraints = new NameConstraints({
      ...(shape.permitted === undefined ? {} : { permittedSubtrees: tree(shape.permitted) }),
      ...(shape.excluded === undefined ? {} : { excludedSubtrees: tree(shape.excluded) }),
    });
    extensions.push(new x509.Extension('2.5.29.30', true, AsnConvert.serialize(constraints)));
  }
  const signer = shape.wrongKey === true ? await makeKeys() : (issuer?.keys ?? keys);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: (serial++).toString(16).padStart(8, '1'),
    subject: name,
    issuer: shape.wrongIssuer === true ? 'CN=nobody' : (issuer?.name ?? name),
    notBefore: new Date(now.getTime() + (shape.notBefore ?? -10) * day),
    notAfter: new Date(now.getTime() + (shape.notAfter ?? 10) * day),
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    signingAlgorithm: algorithm,
    extensions,
  });
  return { keys, name, der: Buffer.from(certificate.rawData) };
}

async function chain(shapes: readonly Shape[]): Promise<Certificate[]> {
  const made: Made[] = [];
  for (const [depth, shape] of shapes.entries())
    made.push(await make(depth === shapes.length - 1 ? { ca: false, ...shape } : shape, depth, made.at(-1)));
  return made.map((m) => parseCertificate(m.der));
}

/** Root first, leaf last. */
const fixed: Array<[string, Shape[]]> = [
  ['root and leaf', [{}, {}]],
  ['two intermediates', [{}, {}, {}, {}]],
  ['expired leaf', [{}, { notAfter: -1 }]],
  ['expired intermediate', [{}, { notAfter: -1 }, {}]],
  ['expired root', [{ notAfter: -1 }, {}]],
  ['not yet valid', [{}, { notBefore: 1 }]],
  ['issuer that is no CA', [{}, { ca: false }, {}]],
  ['path length kept', [{ pathLength: 1 }, { pathLength: 0 }, {}]],
  ['path length exceeded', [{ pathLength: 0 }, {}, {}]],
  ['path length exceeded below', [{}, { pathLength: 0 }, {}, {}]],
  ['CA without keyCertSign', [{}, { usages: 1 }, {}]],
  ['CA without keyUsage', [{}, { usages: null }, {}]],
  ['unknown critical extension in the leaf', [{}, { critical: '1.2.3.4' }]],
  ['unknown critical extension in a CA', [{}, { critical: '1.2.3.4' }, {}]],
  ['clientAuth', [{}, { eku: '1.3.6.1.5.5.7.3.2' }]],
  ['only serverAuth', [{}, { eku: '1.3.6.1.5.5.7.3.1' }]],
  ['CA for serverAuth only', [{}, { eku: '1.3.6.1.5.5.7.3.1' }, {}]],
  ['permitted name', [{}, { permitted: 'plant.example' }, { dns: 'a.plant.example' }]],
  ['name outside', [{}, { permitted: 'plant.example' }, { dns: 'a.other.example' }]],
  ['name that only ends alike', [{}, { permitted: 'plant.example' }, { dns: 'notplant.example' }]],
  ['excluded name', [{}, { excluded: 'bad.plant.example' }, { dns: 'x.bad.plant.example' }]],
  ['wrong signature', [{}, { wrongKey: true }]],
  ['wrong signature above', [{}, { wrongKey: true }, {}]],
  ['unknown issuer', [{}, { wrongIssuer: true }]],
];

/** A small seeded generator: the same chains in every run. */
function generator(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * n);
  };
}

function randomShapes(pick: (n: number) => number): Shape[] {
  const length = 2 + pick(4);
  return Array.from({ length }, (_, i): Shape => {
    const leaf = i === length - 1;
    const faults: Shape[] = [
      { notAfter: -1 },
      { notBefore: 1 },
      { critical: '1.2.3.9' },
      { eku: '1.3.6.1.5.5.7.3.1' },
      { wrongKey: i > 0 },
      ...(leaf
        ? [{ dns: pick(2) === 0 ? 'a.p.example' : 'q.example' }]
        : [
            { ca: false },
            { usages: 1 },
            { pathLength: pick(3) },
            { pathLength: pick(2) },
            { permitted: 'p.example' },
            { excluded: 'p.example' },
          ]),
    ];
    return pick(5) < 3 ? {} : (faults[pick(faults.length)] ?? {});
  });
}

async function opensslAccepts(
  directory: string,
  certificates: readonly Certificate[],
  index: number,
): Promise<boolean> {
  const at = (kind: string): string => join(directory, `${index}-${kind}.pem`);
  await writeFile(at('root'), certificates[0]?.pem ?? '');
  await writeFile(at('leaf'), certificates.at(-1)?.pem ?? '');
  await writeFile(
    at('middle'),
    certificates
      .slice(1, -1)
      .map((c) => c.pem)
      .join(''),
  );
  const untrusted = certificates.length > 2 ? ['-untrusted', at('middle')] : [];
  try {
    await run('openssl', [
      'verify',
      '-purpose',
      'sslclient',
      '-CAfile',
      at('root'),
      ...untrusted,
      at('leaf'),
    ]);
    return true;
  } catch {
    return false;
  }
}

function ours(certificates: readonly Certificate[]): PathError | undefined {
  const [root, ...rest] = certificates;
  const leaf = rest.pop();
  assert.ok(root && leaf);
  try {
    validatePath(leaf, rest, [root], { now, purpose: 'clientAuth' });
    return undefined;
  } catch (error) {
    assert.ok(error instanceof PathError, String(error));
    assert.ok(error.nextStep.length > 0);
    return error;
  }
}

describe('path validation', () => {
  it('agrees with openssl on every named and 240 random chains', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'muster-path-'));
    try {
      const pick = generator(5280);
      const cases: Array<[string, Shape[]]> = [
        ...fixed,
        ...Array.from({ length: 240 }, (_, i): [string, Shape[]] => [`random ${i}`, randomShapes(pick)]),
      ];
      let accepted = 0;
      const judge = async ([name, shapes]: [string, Shape[]], index: number): Promise<void> => {
        const certificates = await chain(shapes);
        const mine = ours(certificates);
        const theirs = await opensslAccepts(directory, certificates, index);
        if (theirs) accepted++;
        assert.equal(
          mine === undefined,
          theirs,
          `${name}: ${JSON.stringify(shapes)} — ours: ${mine?.code ?? 'accepted'}`,
        );
      };
      for (let i = 0; i < cases.length; i += 4)
        await Promise.all(cases.slice(i, i + 4).map((c, k) => judge(c, i + k)));
      assert.ok(
        accepted > 20 && accepted < cases.length - 60,
        `${accepted} of ${cases.length} accepted: the generator is one-sided`,
      );
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  it('names each refusal', async () => {
    const codes: Record<string, string> = {};
    for (const [name, shapes] of fixed) codes[name] = ours(await chain(shapes))?.code ?? 'accepted';
    assert.equal(codes['expired leaf'], 'expired');
    assert.equal(codes['not yet valid'], 'not-yet-valid');
    assert.equal(codes['issuer that is no CA'], 'not-a-ca');
    assert.equal(codes['path length exceeded'], 'path-length');
    assert.equal(codes['CA without keyCertSign'], 'key-usage');
    assert.equal(codes['only serverAuth'], 'extended-key-usage');
    assert.equal(codes['name outside'], 'name-constraints');
    assert.equal(codes['unknown critical extension in a CA'], 'critical-extension');
    assert.equal(codes['wrong signature'], 'bad-signature');
    assert.equal(codes['unknown issuer'], 'untrusted');
  });
});
