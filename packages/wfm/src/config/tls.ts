/** Which certificate devices see, and which CA they are given. */
import { type Row, SettingsError } from './setting.ts';

export interface TlsSettings {
  readonly tls: 'internal' | 'files' | 'off';
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  readonly tlsCa: string | null;
  readonly caPassphraseFile: string | null;
  readonly certificateForm: 'base64-pem' | 'base64-der';
}

export const tlsSettings: ReadonlyArray<Row<keyof TlsSettings>> = [
  {
    name: 'tls',
    flag: 'tls',
    kind: ['internal', 'files', 'off'],
    fallback: 'internal',
    help: 'own CA, files of your own, or none behind a proxy that terminates TLS',
  },
  {
    name: 'tlsCert',
    flag: 'tls-cert',
    kind: 'text',
    fallback: null,
    help: 'with --tls files: server certificate chain, PEM',
  },
  {
    name: 'tlsKey',
    flag: 'tls-key',
    kind: 'text',
    fallback: null,
    help: 'with --tls files: private key, PEM',
  },
  {
    name: 'tlsCa',
    flag: 'tls-ca',
    kind: 'text',
    fallback: null,
    help: 'root CA that devices are given with --tls files or off, PEM',
  },
  {
    name: 'caPassphraseFile',
    flag: 'ca-passphrase-file',
    kind: 'text',
    fallback: null,
    help: 'file with the passphrase that encrypts the key of the root CA at rest',
  },
  {
    name: 'certificateForm',
    flag: 'certificate-form',
    kind: ['base64-pem', 'base64-der'],
    fallback: 'base64-pem',
    help: 'how the Certificate API encodes the root CA',
  },
];

/** @throws SettingsError */
export function checkTls({ tls, tlsCert, tlsKey }: TlsSettings, publicUrls: readonly string[]): void {
  if (tls === 'files' && (tlsCert === null || tlsKey === null))
    throw new SettingsError(
      'tls',
      'files without tls-cert and tls-key',
      '"files" together with --tls-cert and --tls-key',
    );
  if (tls === 'off' && publicUrls.length === 0)
    throw new SettingsError(
      'public-url',
      'none with --tls off',
      'the https URL under which the proxy is reached',
    );
}
