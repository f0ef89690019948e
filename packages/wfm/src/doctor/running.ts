/** What a running WFM tells its doctor: the audit log, and how fresh its revocation lists are. */
import { type Check, fail, pass, skip, warn } from '@muster/protocol';

/** A group of device authorities, as far as its revocation lists go. */
interface Authority {
  readonly name: string;
  readonly crlPolicy: 'none' | 'warn' | 'fail-closed';
  readonly crlUrl: string | null;
  readonly crls: readonly { readonly nextUpdate: string | null }[];
}

/** Asks the operator API; throws, of `kind` `unreachable` when nobody is there. */
export interface Ask {
  joinString(): Promise<{ readonly urls: readonly string[]; readonly pins: readonly string[] }>;
  auditVerdict(): Promise<{ ok: boolean; entries?: number; firstBad?: number; reason?: string }>;
  authorities(): Promise<readonly Authority[]>;
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Walks the whole chain, up to the checkpoint that stands beside the database. */
export async function auditCheck(ask: Ask): Promise<Check> {
  const fix = 'Compare with your last export (muster audit verify FILE); restore the database from a backup.';
  try {
    const answer = await ask.auditVerdict();
    return answer.ok
      ? pass('audit chain', `whole, ${String(answer.entries)} entries`)
      : fail('audit chain', `broken at entry ${String(answer.firstBad)}: ${String(answer.reason)}`, fix);
  } catch (error) {
    return fail('audit chain', said(error), fix);
  }
}

const soon = 86_400_000;

function judgeAuthority(authority: Authority, now: number): Check | null {
  const { crlPolicy: policy, crlUrl, crls: lists } = authority;
  if (policy === 'none') return null;
  const name = `revocation lists ${authority.name}`;
  const fix = `Give the newest list (muster device-ca crl), or check that ${crlUrl ?? 'its address'} can be reached from here.`;
  const bad = (seen: string): Check =>
    policy === 'fail-closed'
      ? fail(name, `${seen}; devices of this authority are refused`, fix)
      : warn(name, seen, fix);
  if (lists.length === 0) return bad('none has come yet');
  const ends = lists.map((list) => Date.parse(String(list.nextUpdate)));
  // A list without an end never is out of date.
  const first = Math.min(...ends.filter((end) => !Number.isNaN(end)));
  const until = first === Infinity ? 'without an end' : `good until ${new Date(first).toISOString()}`;
  if (first < now) return bad(`out of date since ${new Date(first).toISOString()}`);
  return first < now + soon ? warn(name, until, fix) : pass(name, `${lists.length}, ${until}`);
}

/** Looks at the revocation lists of each device authority that wants them. @param now milliseconds since 1970 */
export async function revocationChecks(ask: Ask, now: number): Promise<Check[]> {
  try {
    const authorities = await ask.authorities();
    const judged = authorities.flatMap((authority) => judgeAuthority(authority, now) ?? []);
    return judged.length > 0 ? judged : [skip('revocation lists', 'no device authority asks for any')];
  } catch (error) {
    return [fail('revocation lists', said(error), 'Look at the log of the WFM.')];
  }
}
