/**
 * The X.509 library, loaded when something first needs it. It takes 18 MB and a quarter of a second of a small machine, and
 * a device that polls with the certificate that it has needs none of it.
 */
import { webcrypto } from 'node:crypto';
import { createRequire } from 'node:module';
import type * as Asn1Schema from '@peculiar/asn1-schema';
import type * as Asn1X509 from '@peculiar/asn1-x509';
import type * as X509 from '@peculiar/x509';

const require = createRequire(import.meta.url);
let loaded: typeof X509 | undefined;

/** `@peculiar/x509`, ready for use. */
export function x509(): typeof X509 {
  if (loaded === undefined) {
    require('reflect-metadata');
    loaded = require('@peculiar/x509') as typeof X509;
    loaded.cryptoProvider.set(webcrypto as Crypto);
  }
  return loaded;
}

/** The ASN.1 structures that the library above is made of. */
export function asn1(): typeof Asn1X509 & Pick<typeof Asn1Schema, 'AsnConvert'> {
  const { AsnConvert } = require('@peculiar/asn1-schema') as typeof Asn1Schema;
  return { ...(require('@peculiar/asn1-x509') as typeof Asn1X509), AsnConvert };
}
