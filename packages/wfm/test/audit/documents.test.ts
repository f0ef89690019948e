/** Receipts and checkpoints: true as they are, and refused after any change. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import Sqlite from 'better-sqlite3';
import { ChainWalker, hashOfEntry } from '../../src/audit/chain.ts';
import { checkReceipt, type ReceiptFile, readCheckpoint, type Signed } from '../../src/audit/documents.ts';
import { onboard, startRig, testClient } from '../support/wfm.ts';

describe('a receipt', () => {
  it('holds with nothing but the file, and no longer after any change', async () => {
    const rig = await startRig({ admission: 'open' });
    const id = String((await onboard(rig, await testClient())).body['clientId']);
    const file = (await rig.operator('GET', `/clients/${id}/receipt`)).body as unknown as ReceiptFile;
    const checkpoint = (await rig.operator('GET', '/audit/checkpoint')).body as unknown as Signed;
    await rig.stop();
    const findings = await checkReceipt(file);
    assert.deepEqual(
      findings.map((f) => [f.check, f.ok]),
      [
        ['signature of the WFM', true],
        ['content digest', true],
        ['certificate', true],
        ['signature of the device', true],
        ['statement and key', true],
      ],
    );
    const other = await testClient();
    const changes: Partial<Record<string, ReceiptFile>> = {
      statement: { ...file, statement: file.statement.replace('admission open', 'approved by me') },
      signature: { ...file, signature: Buffer.alloc(64).toString('base64') },
      method: { ...file, request: { ...file.request, method: 'PUT' } },
      target: { ...file, request: { ...file.request, targetUri: 'https://other.example/' } },
      body: { ...file, request: { ...file.request, body: Buffer.from('{}').toString('base64') } },
      certificate: { ...file, certificate: other.certificate.pem },
      fields: { ...file, request: { ...file.request, fields: [] } },
      'another statement of the same signer': { ...file, ...checkpoint },
      'no request': { ...file, request: null as unknown as ReceiptFile['request'] },
      'fields of another kind': {
        ...file,
        request: { ...file.request, fields: [1, null] as unknown as string[] },
      },
      'nothing at all': {} as ReceiptFile,
    };
    for (const [what, changed] of Object.entries(changes)) {
      assert.ok(changed);
      assert.ok(
        (await checkReceipt(changed)).some((f) => !f.ok),
        what,
      );
    }
  });
});

describe('the receipt of a device that was approved', () => {
  /** Asks, is approved, and asks again. @param holdSeconds whether it still waits when it is approved */
  const approved = async (holdSeconds: number): Promise<ReceiptFile> => {
    const rig = await startRig({ holdSeconds });
    const client = await testClient();
    const asked = onboard(rig, client);
    const approve = async (): Promise<number> =>
      (await rig.operator('POST', `/enrollments/${client.certificate.sha256}/approve`)).status;
    while ((await approve()) === 404) await new Promise((resolve) => setTimeout(resolve, 20));
    const first = await asked;
    assert.equal(first.status, holdSeconds > 0 ? 201 : 403, first.text);
    const { status, body } = await onboard(rig, client);
    assert.equal(status, 201);
    const path = `/clients/${String(body['clientId'])}/receipt`;
    const receipt = await rig.operator('GET', path);
    assert.equal(receipt.status, 200, receipt.text);
    assert.equal((await onboard(rig, client)).status, 201);
    assert.equal((await rig.operator('GET', path)).body['statement'], receipt.body['statement'], 'only one');
    await rig.stop();
    return receipt.body as unknown as ReceiptFile;
  };

  for (const [when, holdSeconds] of [
    ['while it waited for the answer', 10],
    ['while it was away', 0],
  ] as const)
    it(`is there when it was approved ${when}`, async () => {
      const file = await approved(holdSeconds);
      for (const { check, ok, detail } of await checkReceipt(file)) assert.ok(ok, `${check}: ${detail}`);
      const { decidedBy, rule } = JSON.parse(file.statement) as { decidedBy: string; rule: string };
      assert.deepEqual([decidedBy, rule], ['admin', 'approved by an operator']);
    });
});

describe('the chain', () => {
  const chain = (count: number) => {
    let previousHash = '';
    return Array.from({ length: count }, (_, i) => {
      const entry = { seq: i + 1, at: i, actor: 'a', action: 'b', subject: 'c', detail: '{}' };
      const made = { ...entry, previousHash, hash: hashOfEntry(previousHash, entry) };
      previousHash = made.hash;
      return made;
    });
  };

  it('names the first entry that was changed, left out, or cut off', () => {
    const entries = chain(10);
    const judge = (list: typeof entries, end: { seq: number; hash: string } | null, anchor = end) => {
      const walker = new ChainWalker(anchor);
      for (const entry of list) {
        const wrong = walker.next(entry);
        if (wrong !== null) return wrong.firstBad;
      }
      const verdict = walker.end(end);
      return verdict.ok ? 'whole' : verdict.firstBad;
    };
    const head = { seq: 10, hash: entries[9]?.hash ?? '' };
    assert.equal(judge(entries, head), 'whole');
    assert.equal(
      judge(
        entries.map((e) => (e.seq === 4 ? { ...e, actor: 'x' } : e)),
        head,
      ),
      4,
    );
    assert.equal(
      judge(
        entries.filter((e) => e.seq !== 6),
        head,
      ),
      6,
    );
    assert.equal(judge(entries.slice(0, 8), head), 9);
    // Cut and given a new head, as somebody with the database can: the checkpoint outside remembers.
    assert.equal(judge(entries.slice(0, 8), { seq: 8, hash: entries[7]?.hash ?? '' }, head), 9);
  });

  it('is anchored outside the database: a cut that also moves the head is seen', async () => {
    const data = await mkdtemp(join(tmpdir(), 'muster-anchor-'));
    let rig = await startRig({ data, admission: 'open' });
    for (let i = 0; i < 3; i++) await onboard(rig, await testClient());
    const checkpoint = (await rig.operator('GET', '/audit/checkpoint')).body as unknown as Signed;
    const noted = readCheckpoint(checkpoint);
    assert.ok(noted !== null && noted.seq >= 4);
    assert.equal(
      readCheckpoint({ ...checkpoint, statement: checkpoint.statement.replace(/"seq":\d+/, '"seq":1') }),
      null,
    );
    await rig.stop();
    const db = new Sqlite(join(data, 'muster.db'));
    const last = db.prepare('select max(seq) as seq from audit').get() as { seq: number };
    db.prepare('delete from audit where seq = ?').run(last.seq);
    const before = db.prepare('select seq, hash from audit order by seq desc limit 1').get() as {
      seq: number;
      hash: string;
    };
    db.prepare('update "auditHead" set seq = ?, hash = ?').run(before.seq, before.hash);
    db.close();
    rig = await startRig({ data, admission: 'open' });
    const verdict = await rig.operator('GET', '/audit/verify');
    assert.deepEqual([verdict.body['ok'], verdict.body['firstBad']], [false, last.seq]);
    await rig.stop();
    await rm(data, { recursive: true, force: true });
  });
});
