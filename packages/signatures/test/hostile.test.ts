/** What must be refused, each by name. Every case but its fault would verify. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  contentDigest,
  DigestError,
  knownAlgorithms,
  type RequestMessage,
  SignatureError,
  verifyContentDigest,
  verifyMessage,
} from '../src/index.ts';
import { now, pairs, policy, signingKey } from './support.ts';
import type { FieldList } from '../src/types.ts';

const body = Buffer.from('{"a":1}');
const digest = contentDigest(body);
const target = 'https://wfm.example/api/v1/onboarding';
const pair = pairs['ecdsa-p256-sha256'];
const standard = '("@method" "@target-uri" "content-digest")';

/** Signs a hand-written base: the attacker here knows the key and lies about everything else. */
async function forged(o: {
  params: string;
  lines?: string[];
  label?: string;
  extra?: FieldList;
  algorithm?: (typeof knownAlgorithms)[number];
}): Promise<RequestMessage> {
  const lines = o.lines ?? ['"@method": PUT', `"@target-uri": ${target}`, `"content-digest": ${digest}`];
  const base = [...lines, `"@signature-params": ${o.params}`].join('\n');
  const algorithm = o.algorithm ?? 'ecdsa-p256-sha256';
  const bytes = await signingKey(algorithm, pairs[algorithm].privateKey).sign(Buffer.from(base, 'latin1'));
  const label = o.label ?? 'sig1';
  const fields = [
    'Content-Digest',
    digest,
    'Signature-Input',
    `${label}=${o.params}`,
    'Signature',
    `${label}=:${Buffer.from(bytes).toString('base64')}:`,
    ...(o.extra ?? []),
  ];
  return { kind: 'request', method: 'PUT', targetUri: target, fields };
}

function replaced(message: RequestMessage, name: string, value: string): RequestMessage {
  const fields = [...message.fields];
  fields[fields.indexOf(name) + 1] = value;
  return { ...message, fields };
}

const valueOf = (m: RequestMessage, name: string): string => m.fields[m.fields.indexOf(name) + 1] ?? '';

async function refusal(message: RequestMessage, keyObject = pair.publicKey): Promise<string> {
  try {
    await verifyMessage(message, policy, () => ({ keyObject }));
  } catch (error) {
    assert.ok(error instanceof SignatureError, String(error));
    assert.ok(error.nextStep.length > 0);
    return error.code;
  }
  return 'accepted';
}

const good = `${standard};created=${now}`;

describe('hostile signatures', () => {
  it('accepts the honest form, whatever the order of parameters, and unknown ones', async () => {
    for (const params of [
      good,
      `${standard};keyid="k";created=${now}`,
      `${standard};created=${now};zz=1;x="y"`,
      `${standard};nonce="n";created=${now};tag="t"`,
    ]) {
      assert.equal(await refusal(await forged({ params })), 'accepted', params);
    }
  });

  const times: Array<[string, string]> = [
    [`${standard}`, 'created-missing'],
    [`${standard};created="${now}"`, 'created-invalid'],
    [`${standard};created=${now}.0`, 'created-invalid'],
    [`${standard};created=-1`, 'created-invalid'],
    [`${standard};created=999999999999999`, 'created-in-future'],
    [`${standard};created=9999999999999999`, 'signature-malformed'],
    [`${standard};created=${now - 301}`, 'created-too-old'],
    [`${standard};created=${now + 61}`, 'created-in-future'],
    [`${standard};created=${now};expires=${now - 1}`, 'expired'],
    [`${standard};created=${now};expires="${now + 9}"`, 'parameter-invalid'],
    [`${standard};created=${now};created=${now}`, 'signature-malformed'],
    [`${standard};created=${now};keyid=k`, 'parameter-invalid'],
  ];
  for (const [params, code] of times)
    it(`${params.slice(standard.length) || 'no parameters'} → ${code}`, async () =>
      assert.equal(await refusal(await forged({ params })), code));

  it('a boundary is inside: exactly 300 s old and 60 s ahead', async () => {
    assert.equal(await refusal(await forged({ params: `${standard};created=${now - 300}` })), 'accepted');
    assert.equal(await refusal(await forged({ params: `${standard};created=${now + 60}` })), 'accepted');
  });

  const covers: Array<[string, string[], string]> = [
    ['("@method" "@target-uri")', ['"@method": PUT', `"@target-uri": ${target}`], 'component-not-covered'],
    ['("@method" "@target-uri" "content-digest";key="sha-256")', [], 'component-not-covered'],
    ['("@method" "@target-uri" "content-digest";sf)', [], 'component-not-covered'],
    ['("@method" "@target-uri" "content-digest";tr)', [], 'component-not-covered'],
    ['("@method" "@target-uri" "content-digest" "content-digest")', [], 'duplicate-component'],
    ['("@method" "@target-uri" "content-digest" "Content-Digest")', [], 'component-unknown'],
    ['("@method" "@target-uri" "content-digest" "@signature-params")', [], 'component-unknown'],
    ['("@method" "@target-uri" "content-digest" "@status")', [], 'component-unknown'],
    ['("@method" "@target-uri" "content-digest" "@bogus")', [], 'component-unknown'],
    ['("@method" "@target-uri" "content-digest" "x-absent")', [], 'component-missing'],
    ['("@method" "@target-uri" "content-digest" "content-digest";zz)', [], 'component-parameter-unsupported'],
    [
      '("@method" "@target-uri" "content-digest" "content-digest";key="sha-256")',
      [],
      'component-parameter-unsupported',
    ],
    ['("@method" "@target-uri" "content-digest" "x-t";tr)', [], 'component-missing'],
    ['("@method" "@target-uri" "content-digest" "@method";req)', [], 'component-parameter-unsupported'],
    ['("@method" "@target-uri" "content-digest" "@query-param";name="q")', [], 'component-missing'],
    ['("@METHOD" "@target-uri" "content-digest")', [], 'component-unknown'],
    ['(@method "@target-uri" "content-digest")', [], 'signature-malformed'],
    [`(${Array.from({ length: 17 }, (_, i) => `"x${i}"`).join(' ')})`, [], 'limits-exceeded'],
  ];
  for (const [list, lines, code] of covers) {
    it(`${list.slice(0, 70)} → ${code}`, async () => {
      assert.equal(
        await refusal(
          await forged({ params: `${list};created=${now}`, ...(lines.length > 0 ? { lines } : {}) }),
        ),
        code,
      );
    });
  }

  it('both letter cases of one field are a duplicate where mixed case is tolerated', async () => {
    const message = await forged({
      params: `("@method" "@target-uri" "content-digest" "Content-Digest");created=${now}`,
    });
    await assert.rejects(
      verifyMessage(message, { ...policy, allowMixedCaseFieldNames: true }, () => ({
        keyObject: pair.publicKey,
      })),
      { code: 'duplicate-component' },
    );
  });

  it('alg may only agree with the key', async () => {
    for (const alg of ['rsa-v1_5-sha256', 'hmac-sha256', 'none', 'ed25519', 'ecdsa-p384-sha384']) {
      assert.equal(
        await refusal(await forged({ params: `${good};alg="${alg}"` })),
        'algorithm-conflict',
        alg,
      );
    }
    assert.equal(await refusal(await forged({ params: `${good};alg="ecdsa-p256-sha256"` })), 'accepted');
  });

  it('RSA without alg is tried with the allowed paddings, and only those', async () => {
    for (const algorithm of ['rsa-v1_5-sha256', 'rsa-pss-sha256', 'rsa-pss-sha512'] as const) {
      const message = await forged({ params: good, algorithm });
      assert.equal(await refusal(message, pairs[algorithm].publicKey), 'accepted');
      const others = knownAlgorithms.filter((a) => a !== algorithm);
      await assert.rejects(
        verifyMessage(message, { ...policy, algorithms: others }, () => ({
          keyObject: pairs[algorithm].publicKey,
        })),
        { code: 'signature-mismatch' },
      );
      await assert.rejects(
        verifyMessage(message, { ...policy, algorithms: ['ed25519'] }, () => ({
          keyObject: pairs[algorithm].publicKey,
        })),
        { code: 'algorithm-not-allowed' },
      );
    }
  });

  it('duplicate labels, missing fields, and labels that do not meet are refused', async () => {
    const m = await forged({ params: good });
    const input = valueOf(m, 'Signature-Input');
    assert.equal(await refusal(replaced(m, 'Signature-Input', `${input}, ${input}`)), 'duplicate-label');
    assert.equal(await refusal({ ...m, fields: [...m.fields, 'signature-input', input] }), 'duplicate-label');
    assert.equal(
      await refusal(replaced(m, 'Signature', valueOf(m, 'Signature').replace('sig1', 'sig2'))),
      'signature-missing',
    );
    assert.equal(await refusal({ ...m, fields: ['Content-Digest', digest] }), 'signature-missing');
  });

  it('with two signatures one true one suffices, and it is named', async () => {
    const m = await forged({ params: good, label: 'good' });
    const bad = `bad=:${Buffer.alloc(64, 1).toString('base64')}:`;
    const both = replaced(
      replaced(m, 'Signature-Input', `bad=${good}, ${valueOf(m, 'Signature-Input')}`),
      'Signature',
      `${bad}, ${valueOf(m, 'Signature')}`,
    );
    assert.equal((await verifyMessage(both, policy, () => ({ keyObject: pair.publicKey }))).label, 'good');
  });

  it('wrong lengths, DER, zero and rewritten signatures', async () => {
    const m = await forged({ params: good });
    const sized = (bytes: Buffer): RequestMessage =>
      replaced(m, 'Signature', `sig1=:${bytes.toString('base64')}:`);
    for (const length of [0, 1, 63, 65, 71, 96, 8000])
      assert.equal(await refusal(sized(Buffer.alloc(length, 1))), 'signature-length', `${length}`);
    assert.equal(await refusal(sized(Buffer.alloc(64))), 'signature-mismatch');
    assert.equal(await refusal(m, pairs.ed25519.publicKey), 'signature-mismatch');
    assert.equal(await refusal(m, pairs['ecdsa-p384-sha384'].publicKey), 'signature-length');
  });

  it('line breaks, NULs and non-ASCII in fields are refused', async () => {
    for (const value of ['a\r\n b', 'a\nb', 'a\0b', 'é']) {
      const params = `("@method" "@target-uri" "content-digest" "x-a");created=${now}`;
      assert.equal(
        await refusal(await forged({ params, extra: ['X-A', value] })),
        'field-value-invalid',
        JSON.stringify(value),
      );
    }
    const m = await forged({ params: good });
    for (const tail of ['\u00e9', '\n', '\0', ',', ', ', ' x'])
      assert.equal(
        await refusal(replaced(m, 'Signature-Input', valueOf(m, 'Signature-Input') + tail)),
        'signature-malformed',
        JSON.stringify(tail),
      );
  });

  it('a thousand labels, and a megabyte, cost nothing', async () => {
    const m = await forged({ params: good });
    assert.equal(
      await refusal(
        replaced(m, 'Signature-Input', Array.from({ length: 1000 }, (_, i) => `a${i}=()`).join(',')),
      ),
      'limits-exceeded',
    );
    assert.equal(await refusal(replaced(m, 'Signature-Input', 'a'.repeat(1_000_000))), 'limits-exceeded');
    assert.equal(await refusal(replaced(m, 'Signature', 'a'.repeat(1_000_000))), 'limits-exceeded');
  });
});

describe('Content-Digest', () => {
  const code = (fields: string[], bytes: Uint8Array): string => {
    try {
      verifyContentDigest(fields, bytes);
      return 'accepted';
    } catch (error) {
      assert.ok(error instanceof DigestError);
      return error.code;
    }
  };
  const cases: Array<[string[], Uint8Array, string]> = [
    [['Content-Digest', digest], body, 'accepted'],
    [['content-digest', digest], body, 'accepted'],
    [['Content-Digest', `${digest}, ${contentDigest(body, 'sha-512')}`], body, 'accepted'],
    [['Content-Digest', `unknown=:aGk=:, ${digest}`], body, 'accepted'],
    [[], new Uint8Array(), 'accepted'],
    [['Content-Digest', contentDigest(new Uint8Array())], new Uint8Array(), 'accepted'],
    [[], body, 'digest-missing'],
    [['Content-Digest', digest], new Uint8Array(), 'digest-mismatch'],
    [['Content-Digest', contentDigest(body, 'sha-512')], body, 'digest-unsupported'],
    [['Content-Digest', `${digest}, ${contentDigest(Buffer.from('x'), 'sha-512')}`], body, 'digest-mismatch'],
    [['Content-Digest', `${digest}, ${digest}`], body, 'digest-malformed'],
    [['Content-Digest', digest, 'Content-Digest', digest], body, 'digest-malformed'],
    [['Content-Digest', 'sha-256=aGk'], body, 'digest-malformed'],
    [['Content-Digest', 'sha-256=:aGk=:'], body, 'digest-malformed'],
    [['Content-Digest', 'nonsense!'], body, 'digest-malformed'],
    [['Content-Digest', contentDigest(Buffer.from(body.toString('base64')))], body, 'digest-mismatch'],
  ];
  for (const [fields, bytes, expected] of cases)
    it(`${(fields[1] ?? 'no field').slice(0, 50)} over ${bytes.length} bytes → ${expected}`, () =>
      assert.equal(code(fields, bytes), expected));
});
