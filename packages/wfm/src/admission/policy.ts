/** What decides admission right now: groups and rules, read again when any instance has changed them. */
import { createHash } from 'node:crypto';
import { type Certificate, type Crl, readCertificateFile, readCrl } from '@muster/pki';
import type { AdmissionStore, AuthorityRecord, CrlRecord } from '../store/ports.ts';
import type { AuthorityGroup } from './evidence.ts';
import { type CompiledRule, compileRules, type Rule } from './rules.ts';

export interface Policy {
  /** Changes with every change of groups, lists or rules. */
  readonly version: number;
  readonly groups: readonly AuthorityGroup[];
  /** Changes with groups and lists only. */
  readonly groupsVersion: string;
  readonly rules: readonly CompiledRule[];
  readonly ruleSet: number;
}

/** The group that a record stands for. */
function groupOf(record: AuthorityRecord, crls: readonly CrlRecord[]): AuthorityGroup {
  const lists: Crl[] = crls.filter((c) => c.authority === record.name).map((c) => readCrl(c.der));
  const certificates = (pem: Uint8Array): Certificate[] => (pem.length === 0 ? [] : readCertificateFile(pem));
  return {
    name: record.name,
    anchors: certificates(record.anchors),
    intermediates: certificates(record.intermediates),
    crl: { policy: record.crlPolicy, lists },
  };
}

function versionOf(authorities: readonly AuthorityRecord[], crls: readonly CrlRecord[]): string {
  const hash = createHash('sha256');
  for (const a of authorities) hash.update(JSON.stringify([a.name, a.crlPolicy, a.createdAt]));
  for (const c of crls) hash.update(JSON.stringify([c.authority, c.issuerSha256, c.addedAt]));
  return hash.digest('hex').slice(0, 16);
}

/** The rules of a kept document; it was checked when it came. */
export function rulesOf(document: string): readonly Rule[] {
  return (JSON.parse(document) as { rules: Rule[] }).rules;
}

/** Keeps the policy at hand. One small read per question tells whether it is still the present one. */
export class PolicyCache {
  readonly #store: AdmissionStore;
  #policy: Promise<Policy> | undefined;
  #version = 0;

  constructor(store: AdmissionStore) {
    this.#store = store;
  }

  /** The policy in force. */
  async current(): Promise<Policy> {
    const version = await this.#store.version();
    if (this.#policy === undefined || version !== this.#version) {
      this.#version = version;
      this.#policy = this.#load(version);
      // A failed read must not be remembered.
      this.#policy.catch(() => {
        this.#policy = undefined;
      });
    }
    return this.#policy;
  }

  async #load(version: number): Promise<Policy> {
    const [authorities, crls, ruleSet] = [
      await this.#store.authorities(),
      await this.#store.crls(),
      await this.#store.rules(),
    ];
    return {
      version,
      groupsVersion: versionOf(authorities, crls),
      groups: authorities.map((a) => groupOf(a, crls)),
      rules: ruleSet === null ? [] : compileRules(rulesOf(ruleSet.document)),
      ruleSet: ruleSet?.version ?? 0,
    };
  }
}
