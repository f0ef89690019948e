/** The CA of a factory, by a real openssl. */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface FactoryCa {
  readonly directory: string;
  /** @returns what openssl prints */
  openssl(...args: string[]): string;
  /** Issues a certificate for a request. @returns its path */
  issue(name: string, csr: string, days: string): Promise<string>;
}

/** Makes a CA in a folder. */
export async function makeFactoryCa(directory: string): Promise<FactoryCa> {
  await mkdir(directory, { recursive: true });
  const openssl = (...args: string[]): string =>
    execFileSync('openssl', args, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  await writeFile(
    join(directory, 'leaf.cnf'),
    'basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n',
  );
  const root = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=factory -days 30';
  openssl(...root.split(' '), '-keyout', 'ca.key', '-out', 'ca.pem');
  return {
    directory,
    openssl,
    async issue(name, csr, days) {
      await writeFile(join(directory, `${name}.csr`), csr);
      const sign = `x509 -req -in ${name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile leaf.cnf`;
      openssl(...sign.split(' '), '-days', days, '-out', `${name}.pem`);
      return join(directory, `${name}.pem`);
    },
  };
}
