/** Ways to be right that differ from the usual one. */
import { decodeCertificates, generateKeyPair } from '@muster/pki';
import { createSigner, httpbis } from 'http-message-signatures';
import type { Fault } from './client.ts';
import { without } from './faults.ts';
import { identityOf } from './identities.ts';

const identification = {
  id: 'cell-7',
  vendor: 'Brennwald Controls',
  modelNumber: 'BX-700',
  serialNumber: 'BX7-2291',
};

/** Right as well, in the words of others. */
export const dialects: ReadonlyArray<readonly [string, Fault]> = [
  [
    'label sig, RSA-PSS with SHA-512 and no alg, an rc.1 report by POST',
    {
      identity: async () => identityOf(await generateKeyPair('rsa2048')),
      draft: (d) => {
        d.label = 'sig';
        d.algorithm = 'rsa-pss-sha512';
        if (d.about !== 'report') return;
        d.method = 'POST';
        d.path = d.path.replace(/\/cell-7$/, '');
      },
      capabilities: (d) => {
        d.properties = {
          ...identification,
          roles: ['Standalone Device'],
          resources: {
            cpu: { cores: 3.5, architecture: 'arm64' },
            memory: '59 Gi',
            storage: '1862 Gi',
            peripherals: [],
            interfaces: [],
          },
        };
      },
    },
  ],
  [
    'what the standard asks for and no more, base64 of DER, a relay whose id is percent-encoded',
    {
      draft: (d) => {
        d.components = without(d.components, '@authority').map((c) =>
          c === 'content-digest' ? 'Content-Digest' : c,
        );
        d.path = d.path.replace('cell-7', 'cell%2D7');
      },
      document: (d) => {
        const [certificate] = decodeCertificates(String(d['certificate']));
        d['certificate'] = Buffer.from(certificate?.der ?? []).toString('base64');
      },
      capabilities: (d) => void (d.properties = identification),
    },
  ],
  [
    'PKCS#1 v1.5 with its alg, rc.2-B by POST, an extension',
    {
      identity: async () => identityOf(await generateKeyPair('rsa3072')),
      draft: (d) => {
        d.parameters.push(['alg', 'rsa-v1_5-sha256']);
        if (d.about === 'report') d.method = 'POST';
      },
      capabilities: (d) => {
        const { cpus, ...rest } = d.properties;
        d.properties = { ...rest, cpu: cpus };
        Object.assign(d, { 'x-halden-extensions': { place: 'ceiling' } });
      },
    },
  ],
  [
    'signed by the library of other people',
    {
      fields: async (fields, { method, path, keys, components }) => {
        delete fields['signature'];
        delete fields['signature-input'];
        const { headers } = await httpbis.signMessage(
          {
            key: createSigner(keys.privateKey, 'ecdsa-p256-sha256', 'device-key'),
            fields: components,
            params: ['created', 'keyid'],
          },
          { method, url: `https://${fields['host']}${path}`, headers: fields },
        );
        for (const [name, value] of Object.entries(headers)) fields[name.toLowerCase()] = String(value);
      },
    },
  ],
];
