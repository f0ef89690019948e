/** Device certificate authorities made by openssl: somebody else's encoder, on purpose. */
import { execFileSync } from 'node:child_process';
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificate, readCertificateFile } from '@muster/pki';
import type { TestClient } from './wfm.ts';

export interface DeviceCa {
  readonly pem: string;
  /** Issues to a new P-256 key. `days` may be negative. */
  issue(o: { subject: string; extensions?: string; days?: number }): TestClient & { readonly pem: string };
  /** A CA below this one. */
  sub(o: { subject: string; pathLength?: number }): DeviceCa;
  /** A list of the given certificates; `hours` until the next one is promised. */
  crl(revoked: readonly Certificate[], hours?: number): Buffer;
  remove(): void;
}

const run = (cwd: string, ...args: string[]): void =>
  void execFileSync('openssl', args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });

let serial = 4096;

function open(directory: string, chain: string): DeviceCa {
  const at = (name: string): string => join(directory, name);
  const makeKey = (name: string): KeyObject => {
    run(directory, 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', name);
    return createPrivateKey(readFileSync(at(name)));
  };
  const sign = (name: string, subject: string, extensions: string, days: number): string => {
    run(directory, 'req', '-new', '-utf8', '-key', `${name}.key`, '-subj', subject, '-out', `${name}.csr`);
    writeFileSync(at(`${name}.ext`), extensions);
    const number = `0x${(serial++).toString(16)}`;
    const common = [
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-set_serial',
      number,
    ];
    // A negative number of days makes a certificate that has expired.
    run(directory, ...common, '-days', String(days), '-extfile', `${name}.ext`, '-out', `${name}.pem`);
    return readFileSync(at(`${name}.pem`), 'utf8');
  };
  let made = 0;
  return {
    pem: readFileSync(at('ca.pem'), 'utf8'),
    issue({ subject, extensions = 'keyUsage=critical,digitalSignature\n', days = 365 }) {
      const name = `leaf${made++}`;
      const privateKey = makeKey(`${name}.key`);
      const pem = sign(name, subject, extensions, days) + chain;
      const certificate = readCertificateFile(Buffer.from(pem))[0] as Certificate;
      return { privateKey, certificate, keyid: certificate.spkiSha256, pem };
    },
    sub({ subject, pathLength }) {
      const name = `sub${made++}`;
      makeKey(`${name}.key`);
      const constraint = `CA:TRUE${pathLength === undefined ? '' : `,pathlen:${pathLength}`}`;
      const pem = sign(
        name,
        subject,
        `basicConstraints=critical,${constraint}\nkeyUsage=critical,keyCertSign,cRLSign\n`,
        365,
      );
      const below = mkdtempSync(join(directory, 'sub-'));
      writeFileSync(join(below, 'ca.pem'), pem);
      writeFileSync(join(below, 'ca.key'), readFileSync(at(`${name}.key`)));
      return open(below, pem + chain);
    },
    crl(revoked, hours = 24) {
      const lines = revoked.map(
        (c) => `R\t350101000000Z\t260101000000Z\t${c.serialNumber.toUpperCase()}\tunknown\t/CN=x\n`,
      );
      writeFileSync(at('index.txt'), lines.join(''));
      writeFileSync(at('ca.cnf'), '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ndefault_md=sha256\n');
      const until =
        hours < 0
          ? ['-crl_lastupdate', '20260101000000Z', '-crl_nextupdate', '20260102000000Z']
          : ['-crlhours', String(hours)];
      run(
        directory,
        'ca',
        '-gencrl',
        '-config',
        'ca.cnf',
        '-keyfile',
        'ca.key',
        '-cert',
        'ca.pem',
        ...until,
        '-out',
        'list.pem',
      );
      return readFileSync(at('list.pem'));
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Makes a root CA for devices. */
export function makeDeviceCa(subject = '/O=ACME/CN=ACME device root', pathLength?: number): DeviceCa {
  const directory = mkdtempSync(join(tmpdir(), 'muster-ca-'));
  const constraint = `basicConstraints=critical,CA:TRUE${pathLength === undefined ? '' : `,pathlen:${pathLength}`}`;
  run(
    directory,
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-utf8',
    '-subj',
    subject,
    '-addext',
    constraint,
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
    '-days',
    '3650',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
  return open(directory, '');
}
