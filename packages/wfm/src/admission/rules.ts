/** Admission rules: an ordered list, read strictly, compiled once, and asked without side effects. */
import { labelsFault } from '../fleet/labels.ts';
import type { Evidence } from './evidence.ts';

type RuleAction = 'allow' | 'hold' | 'deny';

interface RuleMatch {
  /** Name of the group of CAs to which the certificate must lead. */
  readonly authority?: string;
  /** Patterns by attribute, such as `{"CN": "GW-*", "O": "ACME"}`: each must fit the one attribute of that kind. */
  readonly subject?: Readonly<Record<string, string>>;
  /** Pattern over the alternative names as `dns:…`, `ip:…`, `uri:…`, `email:…`. */
  readonly san?: string;
  /** Serial numbers in hex, or ranges `from-to`. */
  readonly serials?: readonly string[];
  /** Dotted OIDs that must all be among the extended key usages. */
  readonly eku?: readonly string[];
  readonly keyTypes?: readonly string[];
  /** One of these must be how the device says that it keeps its key. */
  readonly keyProtection?: readonly string[];
  /** The rule counts from, and until, this moment (ISO 8601). */
  readonly from?: string;
  readonly until?: string;
}

export interface Rule {
  readonly name: string;
  readonly action: RuleAction;
  /** Why the rule is there, for whoever reads a decision. */
  readonly reason: string;
  readonly match: RuleMatch;
  /** How many clients may be let in by this rule. */
  readonly quota?: number;
  /** Given to what enters. */
  readonly labels?: Readonly<Record<string, string>>;
  /** How many different operators must approve what this rule holds; 1 when it is left out. */
  readonly approvals?: 1 | 2;
}

interface RuleProblem {
  readonly field: string;
  readonly message: string;
}

/** A rule set that cannot be used, with every problem. */
export class RuleSetError extends Error {
  override readonly name = 'RuleSetError';
  readonly code = 'invalid-rules';
  readonly problems: readonly RuleProblem[];
  readonly nextStep = 'Correct the named fields.';

  constructor(problems: readonly RuleProblem[]) {
    super(`The rule set has ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}.`);
    this.problems = problems;
  }
}

const maximumRules = 500;
const maximumSerials = 200_000;
const keyTypes = ['p256', 'p384', 'rsa'];
const keyProtections = ['software', 'software-encrypted', 'pkcs11', 'tpm'];
const ruleMembers = ['name', 'action', 'reason', 'match', 'quota', 'labels', 'approvals'];
const matchMembers = [
  'authority',
  'subject',
  'san',
  'serials',
  'eku',
  'keyTypes',
  'keyProtection',
  'from',
  'until',
];
/** ISO 8601: a day, which begins in UTC, or a time with its zone; another one would depend on where the WFM stands. */
const isoTime = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/i;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown, most = 200): value is string =>
  typeof value === 'string' && value !== '' && value.length <= most;
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((v) => isText(v));

function checkMatch(match: Record<string, unknown>, at: string, note: (f: string, m: string) => void): void {
  for (const key of Object.keys(match))
    if (!matchMembers.includes(key)) note(`${at}.${key}`, `is unknown; known are ${matchMembers.join(', ')}`);
  const { authority, subject, san, serials, eku, from, until } = match;
  if (authority !== undefined && !isText(authority, 100))
    note(`${at}.authority`, 'must be the name of a group');
  if (subject !== undefined) {
    if (!isObject(subject) || Object.keys(subject).length === 0)
      note(`${at}.subject`, 'must be an object such as {"CN": "GW-*"}');
    else
      for (const [type, pattern] of Object.entries(subject))
        if (!isText(pattern)) note(`${at}.subject.${type}`, 'must be a pattern of 1 to 200 characters');
  }
  if (san !== undefined && !isText(san)) note(`${at}.san`, 'must be a pattern such as dns:*.plant.example');
  if (serials !== undefined) {
    if (!isTexts(serials) || serials.length > maximumSerials)
      note(`${at}.serials`, `must be a list of at most ${maximumSerials} serial numbers`);
    else
      for (const [index, serial] of serials.entries())
        if (!/^[0-9a-f]{1,40}(?:-[0-9a-f]{1,40})?$/i.test(serial))
          note(`${at}.serials[${index}]`, 'must be hex, or a range such as 1000-1fff');
  }
  if (eku !== undefined && !(isTexts(eku) && eku.every((oid) => /^\d+(?:\.\d+)+$/.test(oid))))
    note(`${at}.eku`, 'must be a list of dotted OIDs');
  const types = match['keyTypes'];
  if (types !== undefined && !(isTexts(types) && types.every((t) => keyTypes.includes(t))))
    note(`${at}.keyTypes`, `must be a list of ${keyTypes.join(', ')}`);
  const kept = match['keyProtection'];
  if (kept !== undefined && !(isTexts(kept) && kept.every((t) => keyProtections.includes(t))))
    note(`${at}.keyProtection`, `must be a list of ${keyProtections.join(', ')}`);
  for (const [key, value] of Object.entries({ from, until }))
    if (value !== undefined && !(isText(value) && isoTime.test(value) && Number.isFinite(Date.parse(value))))
      note(`${at}.${key}`, 'must be a time with its zone such as 2027-01-31T00:00:00Z, or a day');
}

function checkRule(rule: Record<string, unknown>, at: string, note: (f: string, m: string) => void): void {
  for (const key of Object.keys(rule))
    if (!ruleMembers.includes(key)) note(`${at}.${key}`, `is unknown; known are ${ruleMembers.join(', ')}`);
  const { name, action, reason, match, quota, labels, approvals } = rule;
  if (!isText(name, 100) || !/^[\p{L}\p{N} ._/-]+$/u.test(name))
    note(`${at}.name`, 'must be 1 to 100 letters, digits, spaces or . _ / -');
  if (action !== 'allow' && action !== 'hold' && action !== 'deny')
    note(`${at}.action`, 'must be allow, hold or deny');
  if (!isText(reason, 500)) note(`${at}.reason`, 'must say why the rule is there, in at most 500 characters');
  if (!isObject(match)) note(`${at}.match`, 'must be an object');
  else {
    checkMatch(match, `${at}.match`, note);
    // Everything but the chain is what a stranger says of himself.
    if (action === 'allow' && match['authority'] === undefined)
      note(
        `${at}.match.authority`,
        'is needed to allow: without it anybody could write what the rule looks for',
      );
  }
  if (quota !== undefined && !(Number.isInteger(quota) && Number(quota) >= 0))
    note(`${at}.quota`, 'must be a whole number from 0');
  if (labels !== undefined) {
    const problem = labelsFault(labels);
    if (problem !== null) note(`${at}.labels`, problem);
  }
  if (approvals !== undefined && approvals !== 1 && approvals !== 2)
    note(`${at}.approvals`, 'must be 1 or 2');
  if (approvals === 2 && action !== 'hold') note(`${at}.approvals`, 'is for rules that hold');
}

/**
 * Reads a rule set.
 * @param value the document, `{"rules": [...]}`
 * @param authorities the names of the groups there are
 * @throws RuleSetError with every problem by its field
 */
export function readRules(value: unknown, authorities: readonly string[]): readonly Rule[] {
  const problems: RuleProblem[] = [];
  const note = (field: string, message: string): void => {
    if (problems.length < 100) problems.push({ field, message });
  };
  const list = isObject(value) ? value['rules'] : undefined;
  if (!Array.isArray(list) || list.length > maximumRules) {
    throw new RuleSetError([{ field: 'rules', message: `must be a list of at most ${maximumRules} rules` }]);
  }
  const names = new Set<unknown>();
  for (const [index, rule] of list.entries()) {
    const at = `rules[${index}]`;
    if (!isObject(rule)) {
      note(at, 'must be an object');
      continue;
    }
    checkRule(rule, at, note);
    if (names.has(rule['name'])) note(`${at}.name`, 'is there twice');
    names.add(rule['name']);
    const wanted = isObject(rule['match']) ? rule['match']['authority'] : undefined;
    if (typeof wanted === 'string' && !authorities.includes(wanted))
      note(
        `${at}.match.authority`,
        `there is no group ${wanted}; there are: ${authorities.join(', ') || 'none'}`,
      );
  }
  if (problems.length > 0) throw new RuleSetError(problems);
  return list as Rule[];
}

/** `*` stands for any characters; everything else for itself, letter case included. Linear: names come from strangers. */
export function fitsPattern(pattern: string, text: string): boolean {
  const [first = '', ...parts] = pattern.normalize('NFC').split('*');
  const value = text.normalize('NFC');
  const last = parts.pop();
  if (last === undefined) return value === first;
  if (!value.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = value.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return value.length - last.length >= at && value.endsWith(last);
}

type Test = (e: Evidence, now: number) => string | null;

function serialTest(serials: readonly string[]): Test {
  const number = (hex: string): bigint => BigInt(`0x${hex}`);
  const single = new Set(serials.filter((s) => !s.includes('-')).map((s) => number(s)));
  const ranges = serials
    .filter((s) => s.includes('-'))
    .map((s) => s.split('-'))
    .map(([from = '0', to = '0']) => ({ from: number(from), to: number(to) }));
  return (e) => {
    const own = number(e.serialNumber === '' ? '0' : e.serialNumber);
    const isListed = single.has(own) || ranges.some((r) => own >= r.from && own <= r.to);
    return isListed ? null : `the serial number ${e.serialNumber} is not listed`;
  };
}

function subjectTest(type: string, pattern: string): Test {
  return (e) => {
    const values = e.subject.filter((a) => a.type === type).map((a) => a.value);
    // Two attributes of one kind leave open which one counts: a usual way to deceive.
    if (values.length !== 1) return `the subject has ${values.length === 0 ? 'no' : 'several'} ${type}`;
    const value = values[0] ?? '';
    return fitsPattern(pattern, value) ? null : `${type}=${value} does not fit ${pattern}`;
  };
}

function testsOf(match: RuleMatch): Test[] {
  const tests: Test[] = [];
  const { authority, subject, san, serials, eku, keyTypes: types, keyProtection, from, until } = match;
  if (from !== undefined)
    tests.push((_e, now) => (now >= Date.parse(from) ? null : `the rule counts from ${from} on`));
  if (until !== undefined)
    tests.push((_e, now) => (now <= Date.parse(until) ? null : `the rule counted until ${until}`));
  if (authority !== undefined) {
    tests.push(({ chain }) => {
      if (chain === null || chain.authority !== authority)
        return `the certificate does not lead to ${authority}`;
      return chain.result === 'valid' ? null : chain.reason;
    });
  }
  for (const [type, pattern] of Object.entries(subject ?? {})) tests.push(subjectTest(type, pattern));
  if (san !== undefined)
    tests.push((e) =>
      e.alternativeNames.some((name) => fitsPattern(san, name)) ? null : `no alternative name fits ${san}`,
    );
  if (serials !== undefined) tests.push(serialTest(serials));
  if (eku !== undefined)
    tests.push((e) => {
      const missing = eku.find((oid) => !e.extendedKeyUsage.includes(oid));
      return missing === undefined ? null : `the certificate is not for ${missing}`;
    });
  if (types !== undefined)
    tests.push((e) =>
      types.includes(e.keyType) ? null : `a ${e.keyType} key is not among ${types.join(', ')}`,
    );
  if (keyProtection !== undefined)
    tests.push(({ keyProtection: said }) => {
      if (said == null) return 'the device does not say how its key is kept';
      return keyProtection.includes(said)
        ? null
        : `the device says that its key is kept by ${said}, not by ${keyProtection.join(' or ')}`;
    });
  return tests;
}

export interface CompiledRule extends Rule {
  readonly tests: readonly Test[];
}

/** Prepares rules for many questions. */
export function compileRules(rules: readonly Rule[]): readonly CompiledRule[] {
  return rules.map((rule) => ({ ...rule, tests: testsOf(rule.match) }));
}

/** The first rule that fits, and why those before it did not. */
export function firstRule(
  rules: readonly CompiledRule[],
  evidence: Evidence,
  now: number,
): { rule: CompiledRule | null; passedOver: string[] } {
  const passedOver: string[] = [];
  for (const rule of rules) {
    let why: string | null = null;
    for (const test of rule.tests) {
      why = test(evidence, now);
      if (why !== null) break;
    }
    if (why === null) return { rule, passedOver };
    if (passedOver.length < 20) passedOver.push(`${rule.name}: ${why}`);
  }
  return { rule: null, passedOver };
}
