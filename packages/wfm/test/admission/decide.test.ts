/** The decision as a table: one line per situation, and what an operator or device is told. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AdmissionFacts, decideAdmission } from '../../src/admission/decide.ts';
import type { Evidence } from '../../src/admission/evidence.ts';
import { answerOf } from '../../src/webhooks/answer.ts';
import { compileRules, fitsPattern, type Rule, readRules, RuleSetError } from '../../src/admission/rules.ts';

const evidence: Evidence = {
  subject: [
    { type: 'O', value: 'ACME' },
    { type: 'CN', value: 'GW-17' },
  ],
  alternativeNames: ['dns:gw17.plant.example', 'ip:10.0.0.7'],
  extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
  serialNumber: '1abc',
  keyType: 'p256',
  notBefore: 0,
  notAfter: 2e12,
  chain: { authority: 'acme', result: 'valid', warning: null },
  groupsVersion: '',
};
const stranger: AdmissionFacts = {
  mode: 'hold',
  client: null,
  keyGivenUp: false,
  enrollment: null,
  rejectedBecause: null,
  preauthorizedBy: null,
  claim: null,
  evidence: { ...evidence, chain: null },
  rules: [],
  usedQuota: () => 0,
  lookalike: null,
  webhook: null,
  now: Date.parse('2026-06-01T00:00:00Z'),
  pending: 0,
  pendingLimit: 10,
};
const rule = (o: Partial<Rule> = {}): Rule => ({
  name: 'acme',
  action: 'allow',
  reason: 'our own devices',
  match: { authority: 'acme' },
  ...o,
});
const ruled = (...rules: Rule[]): AdmissionFacts => ({ ...stranger, evidence, rules: compileRules(rules) });
const ticket = { kind: 'ticket' as const, clientId: 'c1', decidedBy: 'op', labels: { a: 'b' } };
const chain = (result: 'revoked' | 'stale-crl' | 'invalid'): Evidence => ({
  ...evidence,
  chain: { authority: 'acme', result, reason: 'the reason' },
});

const got = (text: string) => answerOf('cmdb', { error: null, text });
const allowed = got('{"decision":"allow","reason":"It is ours.","labels":{"site":"a"}}');
const heldRule = ruled(rule({ action: 'hold', labels: { by: 'rule' } }));

/** situation, facts, verdict, rule, and for refusals the code */
const table: ReadonlyArray<readonly [string, AdmissionFacts, string, string, string?]> = [
  ['a stranger waits', stranger, 'hold', 'waits for an operator'],
  ['a stranger when open', { ...stranger, mode: 'open' }, 'admit', 'admission open'],
  [
    'a stranger when closed',
    { ...stranger, mode: 'closed' },
    'refuse',
    'admission closed',
    'certificate-not-trusted',
  ],
  ['a full queue', { ...stranger, pending: 10 }, 'refuse', 'queue full', 'too-many-requests'],
  [
    'a full queue and one who waits in it',
    { ...stranger, pending: 10, enrollment: 'pending' },
    'hold',
    'waits for an operator',
  ],
  ['an active client', { ...stranger, client: 'active' }, 'known', 'already onboarded'],
  ['a blocked client', { ...stranger, client: 'blocked' }, 'refuse', 'blocked', 'client-blocked'],
  [
    'a blocked client with a pre-authorisation',
    { ...stranger, client: 'blocked', preauthorizedBy: 'op' },
    'refuse',
    'blocked',
    'client-blocked',
  ],
  ['a retired client', { ...stranger, client: 'retired' }, 'refuse', 'retired', 'client-retired'],
  [
    'a key that was given up',
    { ...stranger, keyGivenUp: true, mode: 'open' },
    'refuse',
    'key given up',
    'client-rejected',
  ],
  [
    'a pre-authorised key when closed',
    { ...stranger, preauthorizedBy: 'op', mode: 'closed' },
    'admit',
    'pre-authorised',
  ],
  [
    'a rejected one',
    { ...stranger, enrollment: 'rejected', mode: 'open' },
    'refuse',
    'rejected',
    'client-rejected',
  ],
  [
    'a rejected one, pre-authorised since',
    { ...stranger, enrollment: 'rejected', preauthorizedBy: 'op' },
    'admit',
    'pre-authorised',
  ],
  ['a ticket when closed', { ...stranger, claim: ticket, mode: 'closed' }, 'admit', 'ticket'],
  [
    'a proof',
    { ...stranger, claim: { ...ticket, kind: 'proof' } },
    'admit',
    'proof of an earlier onboarding',
  ],
  ['a rule that allows', ruled(rule()), 'admit', 'acme'],
  [
    'a rule that allows, for one who was rejected',
    { ...ruled(rule()), enrollment: 'rejected' },
    'refuse',
    'rejected',
    'client-rejected',
  ],
  ['a rule that allows what looks like another', { ...ruled(rule()), lookalike: 'c9' }, 'hold', 'acme'],
  ['a rule that holds', ruled(rule({ action: 'hold' })), 'hold', 'acme'],
  ['a rule that denies', ruled(rule({ action: 'deny' })), 'refuse', 'acme', 'certificate-not-trusted'],
  [
    'the first rule counts',
    ruled(rule({ name: 'first', action: 'deny' }), rule()),
    'refuse',
    'first',
    'certificate-not-trusted',
  ],
  ['a full quota', { ...ruled(rule({ quota: 2 })), usedQuota: () => 2 }, 'hold', 'acme'],
  ['a quota with room', { ...ruled(rule({ quota: 2 })), usedQuota: () => 1 }, 'admit', 'acme'],
  [
    'a subject that fits',
    ruled(rule({ match: { authority: 'acme', subject: { CN: 'GW-*', O: 'ACME' } } })),
    'admit',
    'acme',
  ],
  [
    'a subject that does not',
    ruled(rule({ match: { authority: 'acme', subject: { CN: 'PLC-*' } } })),
    'hold',
    'waits for an operator',
  ],
  [
    'a name that fits',
    ruled(rule({ match: { authority: 'acme', san: 'dns:*.plant.example' } })),
    'admit',
    'acme',
  ],
  [
    'a name that does not',
    ruled(rule({ match: { authority: 'acme', san: 'dns:*.other.example' } })),
    'hold',
    'waits for an operator',
  ],
  ['a serial on the list', ruled(rule({ match: { authority: 'acme', serials: ['1ABC'] } })), 'admit', 'acme'],
  [
    'a serial in the range',
    ruled(rule({ match: { authority: 'acme', serials: ['1000-1fff'] } })),
    'admit',
    'acme',
  ],
  [
    'a serial outside',
    ruled(rule({ match: { authority: 'acme', serials: ['2000-2fff', '1abd'] } })),
    'hold',
    'waits for an operator',
  ],
  [
    'a usage that is there',
    ruled(rule({ match: { authority: 'acme', eku: ['1.3.6.1.5.5.7.3.2'] } })),
    'admit',
    'acme',
  ],
  [
    'a usage that is not',
    ruled(rule({ match: { authority: 'acme', eku: ['1.2.3'] } })),
    'hold',
    'waits for an operator',
  ],
  [
    'another key type',
    ruled(rule({ match: { authority: 'acme', keyTypes: ['rsa'] } })),
    'hold',
    'waits for an operator',
  ],
  [
    'a key in a TPM where one is wanted',
    {
      ...ruled(rule({ match: { authority: 'acme', keyProtection: ['tpm', 'pkcs11'] } })),
      evidence: { ...evidence, keyProtection: 'tpm' },
    },
    'admit',
    'acme',
  ],
  [
    'a key in a file where a TPM is wanted',
    {
      ...ruled(rule({ match: { authority: 'acme', keyProtection: ['tpm'] } })),
      evidence: { ...evidence, keyProtection: 'software' },
    },
    'hold',
    'waits for an operator',
  ],
  [
    'a device that says nothing of its key where a TPM is wanted',
    ruled(rule({ match: { authority: 'acme', keyProtection: ['tpm'] } })),
    'hold',
    'waits for an operator',
  ],
  [
    'before its time',
    ruled(rule({ match: { authority: 'acme', from: '2026-07-01T00:00:00Z' } })),
    'hold',
    'waits for an operator',
  ],
  [
    'after its time',
    ruled(rule({ match: { authority: 'acme', until: '2026-05-01T00:00:00Z' } })),
    'hold',
    'waits for an operator',
  ],
  [
    'in its time',
    ruled(
      rule({ match: { authority: 'acme', from: '2026-05-01T00:00:00Z', until: '2026-07-01T00:00:00Z' } }),
    ),
    'admit',
    'acme',
  ],
  ['another authority', ruled(rule({ match: { authority: 'other' } })), 'hold', 'waits for an operator'],
  ['a broken chain', { ...ruled(rule()), evidence: chain('invalid') }, 'hold', 'waits for an operator'],
  [
    'a revoked certificate',
    { ...ruled(rule()), evidence: chain('revoked'), mode: 'open' },
    'refuse',
    'authority acme',
    'certificate-not-trusted',
  ],
  [
    'a stale list, fail closed',
    { ...ruled(rule()), evidence: chain('stale-crl'), mode: 'open' },
    'refuse',
    'authority acme',
    'certificate-not-trusted',
  ],
  ['a webhook that allows', { ...stranger, webhook: allowed }, 'admit', 'waits for an operator'],
  ['a webhook that allows what a rule would hold', { ...heldRule, webhook: allowed }, 'admit', 'acme'],
  [
    'a webhook that denies',
    { ...stranger, webhook: got('{"decision":"deny","reason":"It is stolen."}') },
    'refuse',
    'waits for an operator',
    'certificate-not-trusted',
  ],
  [
    'a webhook that holds',
    { ...stranger, webhook: got('{"decision":"hold","reason":"Nobody knows it."}') },
    'hold',
    'waits for an operator',
  ],
  [
    'a webhook that does not answer in time',
    { ...stranger, webhook: answerOf('cmdb', { error: 'no answer within 2 s.', text: '' }) },
    'hold',
    'waits for an operator',
  ],
  ...['', '<p>allow</p>', '"allow"', '{"decision":"ALLOW","reason":"r"}', '{"decision":"allow"}'].map(
    (text) =>
      [
        `a webhook that answers ${text || 'nothing'}`,
        { ...heldRule, webhook: got(text) },
        'hold',
        'acme',
      ] as const,
  ),
  [
    'a webhook that allows what a rule denies',
    { ...ruled(rule({ action: 'deny' })), webhook: allowed },
    'refuse',
    'acme',
    'certificate-not-trusted',
  ],
  [
    'a webhook that allows where two people must',
    { ...ruled(rule({ action: 'hold', approvals: 2 })), webhook: allowed },
    'hold',
    'acme',
  ],
  [
    'a webhook that allows what looks like another',
    { ...stranger, lookalike: 'c9', webhook: allowed },
    'hold',
    'waits for an operator',
  ],
  [
    'a webhook that allows beyond the quota',
    { ...ruled(rule({ action: 'hold', quota: 2 })), usedQuota: () => 2, webhook: allowed },
    'hold',
    'acme',
  ],
  [
    'a webhook that allows when closed',
    { ...stranger, mode: 'closed', webhook: allowed },
    'refuse',
    'admission closed',
    'certificate-not-trusted',
  ],
  [
    'a webhook that allows one who was rejected',
    { ...stranger, enrollment: 'rejected', webhook: allowed },
    'refuse',
    'rejected',
    'client-rejected',
  ],
  [
    'a webhook that allows a blocked client',
    { ...stranger, client: 'blocked', webhook: allowed },
    'refuse',
    'blocked',
    'client-blocked',
  ],
];

describe('admission', () => {
  for (const [situation, facts, verdict, name, code] of table) {
    it(situation, () => {
      const decision = decideAdmission(facts);
      assert.equal(decision.verdict, verdict);
      assert.equal(decision.rule, name);
      assert.ok(decision.reason.length > 5, 'every decision says why');
      if (decision.verdict === 'refuse') assert.equal(decision.code, code);
    });
  }

  it('gives what a rule or ticket gives', () => {
    const held = decideAdmission(ruled(rule({ action: 'hold', approvals: 2, labels: { site: 'a' } })));
    assert.ok(held.verdict === 'hold');
    assert.deepEqual([held.approvals, held.labels, held.authority], [2, { site: 'a' }, 'acme']);
    const taken = decideAdmission({ ...stranger, claim: ticket });
    assert.ok(taken.verdict === 'admit');
    assert.deepEqual([taken.clientId, taken.takesOver, taken.labels], ['c1', true, { a: 'b' }]);
    const asked = decideAdmission({ ...heldRule, webhook: allowed });
    assert.ok(asked.verdict === 'admit');
    assert.deepEqual([asked.decidedBy, asked.labels], ['webhook cmdb', { by: 'rule', site: 'a' }]);
    const unanswered = decideAdmission({ ...stranger, webhook: got('x') });
    assert.match(unanswered.reason, /The webhook cmdb did not decide: the answer is no JSON/);
  });

  it('never takes two attributes of one kind for one, nor a comma for a border', () => {
    const match = { authority: 'acme', subject: { CN: 'GW-17' } };
    const facts = ruled(rule({ match }));
    const twice = [...evidence.subject, { type: 'CN', value: 'GW-17' }];
    const comma = [{ type: 'O', value: 'x, CN=GW-17' }];
    for (const subject of [twice, comma])
      assert.equal(decideAdmission({ ...facts, evidence: { ...evidence, subject } }).verdict, 'hold');
  });
});

describe('rules', () => {
  it('are refused with every problem by its field', () => {
    const bad = [
      { name: 'a', action: 'allow', reason: 'x', match: {} },
      {
        name: 'a',
        action: 'maybe',
        reason: '',
        match: { serials: ['xyz'], eku: ['abc'], colour: 1, authority: 'none' },
        quota: -1,
        approvals: 3,
      },
      'nothing',
    ];
    assert.throws(
      () => readRules({ rules: bad }, ['acme']),
      (error: unknown) => {
        assert.ok(error instanceof RuleSetError);
        assert.deepEqual(error.problems.map((p) => p.field).sort(), [
          'rules[0].match.authority',
          'rules[1].action',
          'rules[1].approvals',
          'rules[1].match.authority',
          'rules[1].match.colour',
          'rules[1].match.eku',
          'rules[1].match.serials[0]',
          'rules[1].name',
          'rules[1].quota',
          'rules[1].reason',
          'rules[2]',
        ]);
        return true;
      },
    );
    for (const value of [null, [], { rules: 1 }, { rules: Array.from({ length: 501 }, () => rule()) }])
      assert.throws(() => readRules(value, []), RuleSetError);
    assert.equal(readRules({ rules: [rule()] }, ['acme']).length, 1);
  });

  it('match patterns without surprises', () => {
    const table: ReadonlyArray<readonly [string, string, boolean]> = [
      ['GW-*', 'GW-1', true],
      ['GW-*', 'GW-', true],
      ['GW-*', 'gw-1', false],
      ['*', '', true],
      ['a*b*c', 'a1b2c', true],
      ['a*b', 'ab', true],
      ['ab*b', 'ab', false],
      ['a.c', 'abc', false],
      ['(a+)+$', '(a+)+$', true],
      ['GW-1', 'GW-1\u0000', false],
      ['GАTE', 'GATE', false],
    ];
    for (const [pattern, text, fits] of table)
      assert.equal(fitsPattern(pattern, text), fits, `${pattern} ${text}`);
    assert.equal(fitsPattern(`${'a*'.repeat(40)}b`, 'a'.repeat(20_000)), false);
  });
});
