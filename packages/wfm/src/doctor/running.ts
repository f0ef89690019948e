/** What a running WFM tells its doctor: the audit log, and how fresh its revocation lists are. */
import { type Check, fail, isObject, pass, skip, warn } from '@muster/protocol';

/** Asks the operator API for a path below `/operator/v1`. */
export type Ask = (path: string) => Promise<Record<string, unknown>>;

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Walks the whole chain, up to the checkpoint that stands beside the database. */
export async function auditCheck(ask: Ask): Promise<Check> {
  const fix = 'Compare with your last export (muster audit verify FILE); restore the database from a backup.';
  try {
    const answer = await ask('/audit/verify');
    return answer['ok'] === true
      ? pass('audit chain', `whole, ${String(answer['entries'])} entries`)
      : fail(
          'audit chain',
          `broken at entry ${String(answer['firstBad'])}: ${String(answer['reason'])}`,
          fix,
        );
  } catch (error) {
    return fail('audit chain', said(error), fix);
  }
}

const soon = 86_400_000;

function judgeAuthority(authority: Record<string, unknown>, now: number): Check | null {
  const policy = authority['crlPolicy'];
  if (policy === 'none') return null;
  const name = `revocation lists ${String(authority['name'])}`;
  const lists = Array.isArray(authority['crls']) ? authority['crls'].filter(isObject) : [];
  const fix = `Give the newest list (muster device-ca crl), or check that ${
    typeof authority['crlUrl'] === 'string' ? authority['crlUrl'] : 'its address'
  } can be reached from here.`;
  const bad = (seen: string): Check =>
    policy === 'fail-closed'
      ? fail(name, `${seen}; devices of this authority are refused`, fix)
      : warn(name, seen, fix);
  if (lists.length === 0) return bad('none has come yet');
  const ends = lists.map((list) => Date.parse(String(list['nextUpdate'])));
  // A list without an end never is out of date.
  const first = Math.min(...ends.filter((end) => !Number.isNaN(end)));
  const until = first === Infinity ? 'without an end' : `good until ${new Date(first).toISOString()}`;
  if (first < now) return bad(`out of date since ${new Date(first).toISOString()}`);
  return first < now + soon ? warn(name, until, fix) : pass(name, `${lists.length}, ${until}`);
}

/** Looks at the revocation lists of each device authority that wants them. @param now milliseconds since 1970 */
export async function revocationChecks(ask: Ask, now: number): Promise<Check[]> {
  try {
    const { items } = await ask('/device-authorities');
    const judged = (Array.isArray(items) ? items : [])
      .filter(isObject)
      .flatMap((authority) => judgeAuthority(authority, now) ?? []);
    return judged.length > 0 ? judged : [skip('revocation lists', 'no device authority asks for any')];
  } catch (error) {
    return [fail('revocation lists', said(error), 'Look at the log of the WFM.')];
  }
}
