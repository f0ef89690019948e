/**
 * Certificate revocation lists (RFC 5280 section 5), straight from DER.
 *
 * The library builds an object for each entry: a list of 100,000 took seconds and hundreds of megabytes. A WFM asks one
 * question only, whether a serial number is listed, so this reader keeps the numbers and nothing else.
 */
import { verify } from 'node:crypto';
import { CrlError } from '../errors.ts';
import { type Certificate, outlineOf } from './certificate.ts';
import { readTime, tags, type Tlv, Walker } from './der.ts';
import { signatureHashes } from './strength.ts';

/** The largest list that is read, in bytes of DER: some 400,000 entries. */
const maximumBytes = 16 * 1024 * 1024 - 1;

export interface Crl {
  readonly thisUpdate: Date;
  /** When the next one is promised; null when nothing is promised. */
  readonly nextUpdate: Date | null;
  /** Serial numbers in lower-case hex, as {@link Certificate.serialNumber} writes them. */
  readonly revoked: ReadonlySet<string>;
  readonly issuer: Uint8Array;
  readonly tbs: Uint8Array;
  readonly algorithm: string;
  readonly signature: Uint8Array;
}

/** reasonCode and invalidityDate say more of an entry; authorityKeyIdentifier and cRLNumber more of the list. */
const harmlessExtensions = new Set(['551d15', '551d18', '551d23', '551d14', '551d2e']);

function malformed(why: string, cause?: unknown): CrlError {
  return new CrlError('malformed', `The revocation list cannot be read: ${why}.`, {
    seen: why,
    expected: 'an X.509 v2 CRL (RFC 5280 section 5) as PEM or DER',
    nextStep: 'Check it with: openssl crl -noout -text -in FILE',
    cause,
  });
}

function derOf(bytes: Uint8Array): Uint8Array {
  const head = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  if (!head.includes('-----BEGIN')) return bytes;
  const text = Buffer.from(bytes).toString('latin1');
  const body = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/.exec(text)?.[1];
  if (body === undefined) throw malformed('the PEM holds no X509 CRL');
  return Buffer.from(body, 'base64');
}

/** A scope that is not understood would make an absent serial number mean nothing (RFC 5280 section 5.2). */
function checkExtensions(list: Walker): void {
  while (!list.done) {
    const extension = list.inside(list.next(tags.sequence));
    const oid = hex(list, extension.next(tags.oid));
    const isCritical =
      extension.peek() === tags.boolean && list.der[extension.next(tags.boolean).start] !== 0;
    extension.next(tags.octetString);
    if (isCritical && !harmlessExtensions.has(oid)) {
      throw new CrlError(
        'unsupported',
        'The revocation list has a critical extension that is not understood.',
        {
          seen: `extension ${oid}`,
          expected: 'a complete list of one CA: no delta, indirect or partitioned CRL',
          nextStep: 'Publish a complete CRL.',
        },
      );
    }
  }
}

function hex(walker: Walker, tlv: Tlv): string {
  return Buffer.from(walker.der.subarray(tlv.start, tlv.end)).toString('hex');
}

function read(der: Uint8Array): Crl {
  const file = new Walker(der, 0, der.length);
  const outer = file.inside(file.next(tags.sequence));
  file.finish();
  const tbsAt = outer.next(tags.sequence);
  const algorithm = outer.inside(outer.next(tags.sequence));
  const bits = outer.next(tags.bitString);
  outer.finish();
  const tbs = outer.inside(tbsAt);
  if (tbs.peek() === tags.integer) tbs.next();
  const inner = tbs.inside(tbs.next(tags.sequence));
  const oid = hex(outer, algorithm.next(tags.oid));
  if (hex(tbs, inner.next(tags.oid)) !== oid) throw malformed('its two signature algorithms differ');
  const issuer = tbs.whole(tbs.next(tags.sequence));
  const thisUpdate = readTime(tbs);
  const nextUpdate = tbs.peek() === 0x17 || tbs.peek() === 0x18 ? readTime(tbs) : null;
  const revoked = new Set<string>();
  if (tbs.peek() === tags.sequence) {
    const entries = tbs.inside(tbs.next(tags.sequence));
    while (!entries.done) {
      const entry = entries.inside(entries.next(tags.sequence));
      revoked.add(hex(tbs, entry.next(tags.integer)));
      entry.next();
      if (!entry.done) checkExtensions(entry.inside(entry.next(tags.sequence)));
    }
  }
  if (tbs.peek() === 0xa0) {
    const wrapped = tbs.inside(tbs.next());
    checkExtensions(wrapped.inside(wrapped.next(tags.sequence)));
  }
  tbs.finish();
  const signature = der.slice(bits.start + 1, bits.end);
  return { thisUpdate, nextUpdate, revoked, issuer, tbs: outer.whole(tbsAt), algorithm: oid, signature };
}

/**
 * Reads a revocation list, PEM or DER. Its signature is another question: {@link verifyCrl}.
 * @throws CrlError `malformed`, `too-large`, `unsupported`
 */
export function readCrl(bytes: Uint8Array): Crl {
  if (bytes.length > 2 * maximumBytes) throw tooLarge(bytes.length);
  const der = new Uint8Array(derOf(bytes));
  if (der.length > maximumBytes) throw tooLarge(der.length);
  try {
    return read(der);
  } catch (error) {
    if (error instanceof CrlError) throw error;
    throw malformed(error instanceof Error ? error.message : 'bad DER', error);
  }
}

function tooLarge(length: number): CrlError {
  return new CrlError('too-large', 'The revocation list is too large.', {
    seen: `${length} bytes`,
    expected: `at most ${maximumBytes} bytes`,
    nextStep: 'Use a CA per product line, or retire expired entries from the list.',
  });
}

/**
 * Checks that a CA has signed a list.
 * @throws CrlError `wrong-issuer`, `unsupported`, `bad-signature`
 */
export function verifyCrl(crl: Crl, issuer: Certificate): void {
  if (!Buffer.from(crl.issuer).equals(outlineOf(issuer).subject)) {
    throw new CrlError('wrong-issuer', 'The revocation list is of another CA.', {
      expected: issuer.subject,
      nextStep: 'Upload the list that this CA has issued.',
    });
  }
  const hash = signatureHashes.get(crl.algorithm);
  if (hash === undefined) {
    throw new CrlError(
      'unsupported',
      'The revocation list is signed with an algorithm that is not accepted.',
      {
        seen: `OID ${crl.algorithm}`,
        expected: 'ECDSA or RSA (PKCS #1 v1.5) with SHA-256, SHA-384 or SHA-512, or Ed25519',
        nextStep: 'Sign the list with one of these.',
      },
    );
  }
  let isTrue = false;
  try {
    isTrue = verify(hash, crl.tbs, issuer.publicKey, crl.signature);
  } catch {
    // An algorithm that does not fit the key: not a true signature.
  }
  if (!isTrue) {
    throw new CrlError('bad-signature', 'The CA has not signed this revocation list.', {
      expected: `a signature of ${issuer.subject}`,
      nextStep: 'Fetch the list again from its CA.',
    });
  }
}
