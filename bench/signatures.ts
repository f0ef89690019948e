/** How much of bare cryptography is left after everything that verifying a request means. Prints ratios of one run. */
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { verifySignature } from 'http-message-sig';
import { createVerifier, httpbis } from 'http-message-signatures';
import {
  contentDigest,
  knownAlgorithms,
  type RequestMessage,
  signMessage,
  verifyMessage,
} from '@muster/signatures';
import { fileSigner } from '@muster/pki';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signer = fileSigner(pair, 'memory');
const body = Buffer.alloc(440, 97);
const now = Math.floor(Date.now() / 1000);
const fields = [
  'Host',
  'wfm.example',
  'Content-Type',
  'application/json',
  'Content-Digest',
  contentDigest(body),
];
const unsigned: RequestMessage = {
  kind: 'request',
  method: 'PUT',
  targetUri: 'https://wfm.example/api/v1/clients/7d7b2c1e/capabilities/d',
  fields,
};
const components = ['@method', '@target-uri', '@authority', 'content-digest'];
const parameters = [
  ['created', now],
  ['keyid', signer.spkiSha256],
] as const;
const made = await signMessage(unsigned, { key: signer, components, parameters });
const message: RequestMessage = {
  ...unsigned,
  fields: [...fields, 'Signature-Input', made.signatureInput, 'Signature', made.signature],
};
const base = Buffer.from(made.base);
const der = sign('sha256', base, pair.privateKey);
const policy = {
  requiredComponents: ['@method', '@target-uri', 'content-digest'],
  algorithms: knownAlgorithms,
  now: () => now,
  maxAgeSeconds: 300,
  maxSkewSeconds: 60,
};
const key = { keyObject: pair.publicKey };
const theirs = {
  method: 'PUT',
  url: unsigned.targetUri,
  headers: {
    'content-digest': contentDigest(body),
    'signature-input': made.signatureInput,
    signature: made.signature,
  },
};
const theirKey = {
  id: 'k',
  algs: ['ecdsa-p256-sha256'],
  verify: createVerifier(pair.publicKey, 'ecdsa-p256-sha256'),
};

const theirRequest = {
  kind: 'request' as const,
  method: 'PUT',
  targetUri: unsigned.targetUri,
  fields: message.fields.flatMap((name, i) =>
    i % 2 === 0 ? [{ name, value: message.fields[i + 1] ?? '' }] : [],
  ),
};
const theirPolicy = {
  policy: {
    algorithms: ['ecdsa-p256-sha256'],
    requiredComponents: ['@method', '@target-uri', 'content-digest'],
    requiredParameters: ['created' as const],
    maxAge: 300,
    clockSkew: 60,
    now,
  },
  resolveVerifier: () => ({
    algorithm: 'ecdsa-p256-sha256',
    verify: (data: Uint8Array, signature: Uint8Array) =>
      verify('sha256', data, { key: pair.publicKey, dsaEncoding: 'ieee-p1363' as const }, signature),
  }),
};

const contenders: Record<string, () => unknown> = {
  'bare verify': () => verify('sha256', base, pair.publicKey, der),
  'our verify': () => verifyMessage(message, policy, () => key),
  'http-message-signatures verify': () =>
    httpbis.verifyMessage({ keyLookup: () => Promise.resolve(theirKey) }, theirs),
  'http-message-sig verify': () => verifySignature(theirRequest, theirPolicy),
  'bare sign': () => sign('sha256', base, pair.privateKey),
  'our sign': () => signMessage(unsigned, { key: signer, components, parameters }),
};

const rates: Record<string, number[]> = {};
for (let round = 0; round < 9; round++) {
  for (const [name, run] of Object.entries(contenders)) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < 3000; i++) await run();
    (rates[name] ??= []).push(3000 / (Number(process.hrtime.bigint() - start) / 1e9));
  }
}
const median = (name: string): number => (rates[name] ?? []).slice(2).sort((a, b) => a - b)[3] ?? 0;
for (const name of Object.keys(contenders))
  console.log(`${name.padEnd(34)} ${Math.round(median(name)).toLocaleString('en').padStart(8)}/s`);
console.log(
  `verify, share of bare              ${(median('our verify') / median('bare verify')).toFixed(2)}  (wanted 0.85)`,
);
for (const peer of ['http-message-signatures', 'http-message-sig'])
  console.log(
    `verify, against ${peer.padEnd(25)} ${(median('our verify') / median(`${peer} verify`)).toFixed(2)}  (wanted 1.2)`,
  );
console.log(
  `sign, share of bare                ${(median('our sign') / median('bare sign')).toFixed(2)}  (wanted 0.75)`,
);
