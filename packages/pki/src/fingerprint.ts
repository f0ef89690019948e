import type { Certificate } from './read/certificate.ts';

/** The pin of a CA certificate: `sha256:` and the hex SHA-256 of its DER. */
export function caPin(certificate: Certificate): string {
  return `sha256:${certificate.sha256}`;
}
