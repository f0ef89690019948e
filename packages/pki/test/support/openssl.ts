/** Certificates by openssl, which shares no code with us. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { type Certificate, readCertificateFile } from '../../src/index.ts';

export interface Workshop {
  readonly directory: string;
  /** Runs a command of openssl, its words parted by blanks; words with blanks of their own come as `more`. */
  openssl(command: string, ...more: string[]): Buffer;
  /** The first certificate in a file. */
  read(name: string): Certificate;
  /** Makes a certificate for itself with a new P-256 key. */
  selfSigned(subject: string, ...extensions: string[]): Certificate;
}

/** A folder in which openssl works, until the tests of a file are done. */
export function workshop(): Workshop {
  const directory = mkdtempSync(join(tmpdir(), 'muster-openssl-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  const openssl = (command: string, ...more: string[]): Buffer =>
    execFileSync('openssl', [...command.split(' '), ...more], { cwd: directory, stdio: 'pipe' });
  const read = (name: string): Certificate => {
    const [first] = readCertificateFile(readFileSync(join(directory, name)));
    if (first === undefined) throw new Error(`${name} holds no certificate`);
    return first;
  };
  return {
    directory,
    openssl,
    read,
    selfSigned(subject, ...extensions) {
      openssl(
        'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -utf8 -days 1 -keyout self.key -out self.pem',
        '-subj',
        subject,
        ...extensions.flatMap((one) => ['-addext', one]),
      );
      return read('self.pem');
    },
  };
}
