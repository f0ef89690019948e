/** What an operator may ask the audit log for, whatever database is below. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { openStore } from '../../src/store/open.ts';
import type { AuditFilter } from '../../src/store/ports/audit.ts';

const client = '11111111-2222-4333-8444-555555555555';
/** Who, what, on what; each a second after the one before. */
const entries = [
  ['ann', 'client.blocked', client],
  ['ann', 'clients.counted', 'all'],
  ['anna', 'client.unblocked', client],
  ['device', 'drift.raised', `${client}/gw/ä`],
  ['device', 'drift.raised', `${client}-2`],
  ['device', 'device.removed', `${client}0`],
  ['oidc:7 Ann', 'client.retired', 'other'],
  ['oidc:7', 'client.deleted', 'other'],
  ['oidc:7 token t', 'token.created', 'u'],
  ['oidc:70 Bob', 'token.revoked', 'u'],
] as const;

/** By what is asked for: the entries that are meant, counted from 1. */
const asked: ReadonlyArray<readonly [AuditFilter, number[]]> = [
  [{}, entries.map((_, i) => i + 1)],
  [{ action: 'client' }, [1, 3, 7, 8]],
  [{ action: 'client.blocked' }, [1]],
  [{ action: 'client.block' }, []],
  [{ action: 'cli' }, []],
  [{ actor: 'ann' }, [1, 2]],
  [{ actor: 'oidc:7' }, [7, 8, 9]],
  [{ actor: 'oidc:7 Ann' }, [7]],
  [{ actor: '%' }, []],
  [{ subject: client }, [1, 3, 4]],
  [{ subject: `${client}/gw` }, [4]],
  [{ subject: `${client}/gw/ä` }, [4]],
  [{ since: 3000 }, [3, 4, 5, 6, 7, 8, 9, 10]],
  [{ until: 3000 }, [1, 2]],
  [{ since: 3000, until: 3000 }, []],
  [{ since: 8.64e15 }, []],
  [{ until: -8.64e15 }, []],
  [{ actor: 'device', action: 'drift', subject: client }, [4]],
  [{ actor: 'ann', action: 'client', since: 0, until: 5000 }, [1]],
];

export function auditQuestions(name: string, url: () => Promise<string>): void {
  it(`the audit log answers by action, actor, subject and time, page by page, on ${name}`, async () => {
    const store = await openStore({ url: await url(), now: () => 1 });
    for (const [i, [actor, action, subject]] of entries.entries())
      await store.audit.append({ at: (i + 1) * 1000, actor, action, subject, detail: {} });
    for (const [filter, wanted] of asked)
      for (const sort of ['seq', '-seq'] as const) {
        const found: number[] = [];
        let cursor: string | undefined;
        do {
          const page = await store.audit.list({ ...filter, sort, limit: 2, cursor });
          found.push(...page.items.map((e) => e.seq));
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        assert.deepEqual(found, sort === 'seq' ? wanted : wanted.toReversed(), JSON.stringify(filter));
      }
    await store.close();
  });
}
