/** What any store must do, whatever database is below; each database runs it. */
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { afterEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import { openStore } from '../../src/store/open.ts';
import { openPostgres } from '../../src/store/postgres/engine.ts';
import { openSqlite } from '../../src/store/sqlite/engine.ts';
import type { Admitted, Applicant, HoldTerms, Store } from '../../src/store/ports.ts';

const hex = (text: string): string => createHash('sha256').update(text).digest('hex');

export function applicant(name: string): Applicant {
  return {
    spkiSha256: hex(`key ${name}`),
    certificateSha256: hex(`certificate ${name}`),
    certificateDer: Buffer.from(name),
    subject: `CN=${name}`,
    issuer: `CN=${name}`,
    notAfter: 2_000_000_000_000,
    serialNumber: '01',
    remoteAddress: '127.0.0.1',
  };
}

export const terms: HoldTerms = {
  rule: 'open',
  holdReason: '',
  approvalsNeeded: 1,
  authority: null,
  labels: '{}',
  lookalike: null,
  evidence: null,
  chain: null,
};

const admission = (name: string, now = 1): Parameters<Store['enrollments']['admit']>[0] => ({
  applicant: applicant(name),
  clientId: randomUUID(),
  decidedBy: 'policy',
  terms,
  receipt: {
    method: 'POST',
    targetUri: 'https://wfm/api/v1/onboarding',
    fields: ['Host', 'wfm'],
    body: Buffer.from('{}'),
  },
  now,
});

/** Lets in, and expects it to succeed. */
async function admit(
  store: Store,
  o: Parameters<Store['enrollments']['admit']>[0],
): Promise<Extract<Admitted, { result: 'admitted' }>> {
  const admitted = await store.enrollments.admit(o);
  assert.ok(admitted.result === 'admitted', admitted.result);
  return admitted;
}

const report = (clientId: string, deviceId: string, mode: 'single' | 'keyed' = 'keyed', text = 'x') => ({
  clientId,
  deviceId,
  profile: 'rc.2c',
  model: JSON.stringify({ deviceId, text }),
  document: Buffer.from(text),
  digest: hex(text),
  now: 5,
  mode,
  claim: null,
});

/** @param instances how many stores share one database: the embedded one belongs to one process and one store */
export function storeContract(name: string, instances: 1 | 2, url: () => Promise<string>): void {
  describe(`store on ${name}`, () => {
    const opened: Store[] = [];
    const open = async (at: string): Promise<Store> => {
      const store = await openStore({ url: at, now: () => 1 });
      opened.push(store);
      return store;
    };
    // A store left open keeps its connections, and a server takes a hundred.
    afterEach(() => Promise.all(opened.splice(0).map((store) => store.close())));

    it('gives one key one clientId under 100 equal requests on every instance', async () => {
      const at = await url();
      const [a, second] = await Promise.all(instances === 2 ? [open(at), open(at)] : [open(at)]);
      assert.ok(a);
      const b = second ?? a;
      const results = await Promise.all(
        Array.from({ length: 100 }, (_, i) => admit(i % 2 ? a : b, admission('same'))),
      );
      assert.equal(new Set(results.map((r) => r.client.clientId)).size, 1);
      assert.equal(results.filter((r) => r.created).length, 1);
      assert.deepEqual(await a.clients.countByState(), { active: 1, blocked: 0, retired: 0 });
    });

    it('keeps everything when it is opened again', async () => {
      const at = await url();
      const first = await open(at);
      const { client } = await admit(first, admission('kept'));
      await first.close();
      opened.splice(opened.indexOf(first), 1);
      const second = await open(at);
      assert.equal((await second.clients.byKey(client.spkiSha256))?.clientId, client.clientId);
      assert.deepEqual(
        Buffer.from((await second.clients.byId(client.clientId))?.certificateDer ?? []),
        Buffer.from('kept'),
      );
      assert.deepEqual(await second.audit.verify(null), { ok: true, entries: 1 });
    });

    it('lets one of approve and reject win, and the audit agrees', async () => {
      const store = await open(await url());
      for (let i = 0; i < 20; i++) {
        const { enrollmentId } = await store.enrollments.recordPending(applicant(`race ${i}`), terms, 1);
        const [approved, rejected] = await Promise.all([
          store.enrollments.approve(enrollmentId, { clientId: randomUUID(), actor: 'a', now: 2 }),
          store.enrollments.reject(enrollmentId, { actor: 'b', now: 2 }),
        ]);
        assert.deepEqual(
          [approved.result, rejected.result].sort(),
          [
            approved.result === 'approved' ? 'approved' : 'conflict',
            approved.result === 'approved' ? 'conflict' : 'rejected',
          ].sort(),
        );
        const decided = await store.enrollments.byId(enrollmentId);
        assert.equal(decided?.state, approved.result === 'approved' ? 'approved' : 'rejected');
      }
      assert.equal((await store.audit.verify(null)).ok, true);
    });

    it('repeats approve without a second client, and counts the attempts of a waiting key', async () => {
      const store = await open(await url());
      await store.enrollments.recordPending(applicant('w'), terms, 1);
      const again = await store.enrollments.recordPending(applicant('w'), terms, 9);
      assert.equal(again.attempts, 2);
      assert.equal(again.firstSeenAt, 1);
      const first = await store.enrollments.approve(again.enrollmentId, {
        clientId: 'one',
        actor: 'a',
        now: 10,
      });
      const second = await store.enrollments.approve(again.enrollmentId, {
        clientId: 'two',
        actor: 'a',
        now: 11,
      });
      assert.equal(first.result, 'approved');
      assert.equal(second.result, 'unchanged');
      assert.equal(second.enrollment?.clientId, 'one');
    });

    it('renews the certificate of a known key and keeps the clientId', async () => {
      const store = await open(await url());
      const { client } = await admit(store, admission('r'));
      const next = { ...admission('r', 2), applicant: { ...applicant('r'), certificateSha256: hex('new') } };
      const renewed = await admit(store, next);
      assert.equal(renewed.client.clientId, client.clientId);
      assert.equal((await store.clients.byId(client.clientId))?.certificateSha256, hex('new'));
    });

    it('sets one clientId aside for a key, however it is asked for and however the key comes in', async () => {
      const at = await url();
      const [store, second] = await Promise.all(instances === 2 ? [open(at), open(at)] : [open(at)]);
      assert.ok(store);
      const aside = (name: string, by = store, dryRun = false) =>
        by.preauthorizations.setAside({
          spkiSha256: applicant(name).spkiSha256,
          clientId: randomUUID(),
          note: name,
          actor: 'anna',
          now: 1,
          dryRun,
        });
      assert.deepEqual(await aside('many', store, true), { status: 'would-add', clientId: null });
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) => aside('many', i % 2 ? store : (second ?? store))),
      );
      const ids = new Set(answers.map((answer) => ('clientId' in answer ? answer.clientId : answer.refused)));
      assert.equal(ids.size, 1);
      const [clientId] = ids;
      assert.ok(clientId);
      assert.equal((await admit(store, admission('many'))).client.clientId, clientId);
      assert.deepEqual(await aside('many'), { status: 'onboarded', clientId });
      // A request that was waiting already, and is approved while the file is read.
      const waiting = await store.enrollments.recordPending(applicant('waits'), terms, 1);
      const [answer, approved] = await Promise.all([
        aside('waits'),
        store.enrollments.approve(waiting.enrollmentId, { clientId: randomUUID(), actor: 'bob', now: 2 }),
      ]);
      assert.ok('clientId' in answer);
      assert.equal(approved.enrollment?.clientId, answer.clientId);
      // What a key can prove to be its own counts more.
      await aside('proves');
      const proof = { ...admission('proves'), isClaimed: true };
      assert.equal((await admit(store, proof)).client.clientId, proof.clientId);
      await store.clients.setState(proof.clientId, ['active'], 'retired', 'anna', 3);
      assert.deepEqual(await aside('proves'), { refused: 'retired' });
      assert.equal((await store.audit.verify(null)).ok, true);
    });

    it('takes a client over from elsewhere once, whole, and never against what is known', async () => {
      const at = await url();
      const [store, second] = await Promise.all(instances === 2 ? [open(at), open(at)] : [open(at)]);
      assert.ok(store);
      const carried = (name: string, clientId: string) => ({
        applicant: applicant(name),
        clientId,
        state: 'blocked' as const,
        labels: { site: 'north' },
        devices: ['d', 'd/child'].map((deviceId) => {
          const { profile, model, document, digest } = report(clientId, deviceId);
          return { deviceId, profile, model, document, digest };
        }),
        receipt: null,
        signer: hex('signer'),
        actor: 'anna',
        now: 7,
      });
      const waiting = await store.enrollments.recordPending(applicant('moves'), terms, 1);
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          (i % 2 ? store : (second ?? store)).clients.importClient(carried('moves', 'moved-1')),
        ),
      );
      assert.deepEqual(results.map((r) => r.result).sort(), ['imported', ...Array(9).fill('unchanged')]);
      const client = await store.clients.byId('moved-1');
      assert.deepEqual([client?.state, client?.labels], ['blocked', '{"site":"north"}']);
      assert.equal((await store.enrollments.byId(waiting.enrollmentId))?.clientId, 'moved-1');
      for (const deviceId of ['d', 'd/child'])
        assert.equal((await store.devices.get('moved-1', deviceId))?.revision, 1);
      const entries = (await store.audit.verify(null)) as { ok: boolean; entries: number };
      assert.deepEqual([entries.ok, entries.entries], [true, 2]);
      // A key that comes in by itself while its file is imported: one of the two, and never two clients.
      const [admitted, imported] = await Promise.all([
        admit(store, admission('races')),
        (second ?? store).clients.importClient(carried('races', 'moved-2')),
      ]);
      assert.equal(admitted.client.clientId, imported.clientId);
      assert.equal((await store.clients.importClient(carried('other', 'moved-1'))).result, 'other-key');
      assert.deepEqual(await store.clients.importClient(carried('moves', 'moved-3')), {
        result: 'other-client',
        clientId: 'moved-1',
      });
      await store.clients.delete('moved-1', 'anna', 8);
      assert.equal((await store.enrollments.byKey(applicant('moves').spkiSha256))?.state, 'rejected');
      assert.equal((await store.clients.importClient(carried('moves', 'moved-1'))).result, 'imported');
    });

    it('lets a signature base through once among fifty', async () => {
      const store = await open(await url());
      const claim = { spkiSha256: 'k', baseSha256: 'b', expiresAt: 100 };
      const claims = await Promise.all(Array.from({ length: 50 }, () => store.replay.claim(claim)));
      assert.equal(claims.filter(Boolean).length, 1);
      assert.equal(await store.replay.sweep(101), 1);
      assert.equal(await store.replay.claim({ ...claim, expiresAt: 200 }), true);
    });

    it('claims with the report: a replay changes nothing, and a refused report is claimed as well', async () => {
      const at = await url();
      const stores = await Promise.all(Array.from({ length: instances }, () => open(at)));
      const [store = await open(at)] = stores;
      const { clientId } = (await admit(store, admission('g'))).client;
      const claim = (baseSha256: string) => ({ spkiSha256: 'k', baseSha256, expiresAt: 100 });
      const once = { ...report(clientId, 'd'), claim: claim('1') };
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, i) => (stores[i % stores.length] ?? store).devices.upsert(once)),
      );
      assert.deepEqual(results.sort(), ['created', ...Array.from({ length: 19 }, () => 'replayed')]);
      const late = { ...report(clientId, 'd', 'keyed', 'y'), claim: claim('1') };
      assert.equal(await store.devices.upsert(late), 'replayed');
      assert.equal((await store.devices.get(clientId, 'd'))?.revision, 1);
      const child = { ...report(clientId, 'gw/a'), claim: claim('2') };
      assert.equal(await store.devices.upsert(child), 'gateway-not-found');
      assert.equal(await store.devices.upsert({ ...report(clientId, 'gw'), claim: claim('3') }), 'created');
      assert.equal(await store.devices.upsert(child), 'replayed');
      assert.equal(await store.replay.claim(claim('3')), false);
    });

    it('wants the gateway before its children, and removes them with it', async () => {
      const store = await open(await url());
      const { clientId } = (await admit(store, admission('g'))).client;
      assert.equal(await store.devices.upsert(report(clientId, 'gw/a')), 'gateway-not-found');
      assert.equal(await store.devices.upsert(report('nobody', 'gw')), 'client-not-found');
      assert.equal(await store.devices.upsert(report(clientId, 'gw')), 'created');
      assert.equal(await store.devices.upsert(report(clientId, 'gw/a')), 'created');
      assert.equal(await store.devices.upsert(report(clientId, 'gw_x')), 'created');
      assert.equal(await store.devices.upsert(report(clientId, 'gw/a')), 'unchanged');
      assert.equal(await store.devices.upsert(report(clientId, 'gw/a', 'keyed', 'y')), 'updated');
      assert.equal((await store.devices.get(clientId, 'gw/a'))?.revision, 2);
      assert.equal(await store.devices.remove(clientId, 'gw', 40), 2);
      assert.equal(await store.devices.remove(clientId, 'gw', 40), 0);
      assert.deepEqual(
        (await store.fleet.rowsOfClients([clientId])).map((d) => d.deviceId),
        ['gw_x'],
      );
      assert.equal(await store.devices.upsert(report(clientId, 'other', 'single')), 'created');
      assert.deepEqual(
        (await store.fleet.rowsOfClients([clientId])).map((d) => d.deviceId),
        ['other'],
      );
    });

    it('reads reports that an earlier schema has stored, and packs them when they change', async () => {
      const at = await url();
      const before = await openStore({ url: at, now: () => 1 });
      const { clientId } = (await admit(before, admission('old'))).client;
      await before.devices.upsert(report(clientId, 'gw', 'keyed', '{\n"x": "ü"}'));
      await before.devices.upsert(report(clientId, 'gw', 'keyed', '{"y": 1}'));
      await before.close();
      const { database, bytes } = at.startsWith('sqlite:')
        ? openSqlite(at.slice('sqlite:'.length))
        : openPostgres(at);
      const one = Buffer.from('{\n"x": "ü"}');
      for (const statement of [
        sql`alter table "devices" add column "model" text not null default '{"old":true}'`,
        sql`alter table "devices" add column "document" ${sql.raw(bytes)}`,
        sql`update "devices" set "document" = ${one}`,
        sql`alter table "devices" drop column "report"`,
        sql`alter table "revisions" add column "document" ${sql.raw(bytes)}`,
        sql`update "revisions" set "document" = ${one}`,
        sql`alter table "revisions" drop column "report"`,
        sql`delete from "migrations" where "number" = 80`,
      ])
        await statement.execute(database);
      await database.destroy();
      const store = await open(at);
      const stored = await store.devices.get(clientId, 'gw');
      assert.equal(stored?.model, '{"old":true}');
      assert.deepEqual(Buffer.from(stored.document), one);
      const revisions = await store.fleet.revisions(clientId, 'gw');
      assert.deepEqual(
        revisions.map((r) => Buffer.from(r.document)),
        [one, one],
      );
      assert.equal(await store.devices.upsert(report(clientId, 'gw', 'keyed', 'z')), 'updated');
      const [now, past] = await store.fleet.revisions(clientId, 'gw');
      assert.deepEqual(
        [Buffer.from(now?.document ?? []), Buffer.from(past?.document ?? [])],
        [Buffer.from('z'), one],
      );
    });

    it('pages without gaps or repeats and takes wildcards literally', async () => {
      const store = await open(await url());
      for (let i = 0; i < 25; i++) await admit(store, admission(`p${i}`, i % 3));
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.clients.list({ limit: 7, cursor });
        seen.push(...page.items.map((c) => c.clientId));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      assert.equal(new Set(seen).size, 25);
      assert.equal(seen.length, 25);
      assert.equal((await store.clients.list({ limit: 50, text: '%' })).items.length, 0);
      assert.equal((await store.clients.list({ limit: 50, text: 'P24' })).items.length, 1);
      const fingerprintPrefix = applicant('p3').certificateSha256.slice(0, 12);
      assert.equal((await store.clients.list({ limit: 50, fingerprintPrefix })).items.length, 1);
    });

    it('moves a client only along the legal ways and keeps a deleted key refused', async () => {
      const store = await open(await url());
      const { client } = await admit(store, admission('s'));
      assert.equal(await store.clients.setState(client.clientId, ['active'], 'blocked', 'op', 2), 'changed');
      assert.equal(
        await store.clients.setState(client.clientId, ['active'], 'blocked', 'op', 2),
        'unchanged',
      );
      assert.equal(await store.clients.setState(client.clientId, ['active'], 'retired', 'op', 2), 'conflict');
      assert.equal(await store.clients.setState('nobody', ['active'], 'retired', 'op', 2), 'not-found');
      assert.equal(await store.clients.delete(client.clientId, 'op', 3), true);
      assert.equal((await store.enrollments.byKey(client.spkiSha256))?.state, 'rejected');
      // So are the keys that came by rotation.
      const { clientId } = (await admit(store, admission('turned'))).client;
      const { receipt } = admission('turned');
      assert.ok(receipt);
      const next = applicant('turned next');
      const turn = { clientId, oldKey: applicant('turned').spkiSha256, applicant: next, receipt };
      assert.equal(await store.clients.rotate({ ...turn, overlapUntil: 9, now: 4 }), 'rotated');
      await store.clients.delete(clientId, 'op', 5);
      for (const key of [turn.oldKey, next.spkiSha256]) {
        const record = await store.enrollments.byKey(key);
        assert.deepEqual([record?.state, record?.clientId], ['rejected', null]);
      }
    });

    it('matches a pre-authorisation by certificate or by key, and marks it used', async () => {
      const store = await open(await url());
      const a = applicant('pre');
      const items = [
        { fingerprint: a.certificateSha256, kind: 'certificate' as const },
        { fingerprint: hex('other'), kind: 'key' as const },
      ];
      assert.deepEqual(await store.preauthorizations.add(items, 'op', 1), { added: 2, existing: 0 });
      assert.deepEqual(await store.preauthorizations.add(items, 'op', 1), { added: 0, existing: 2 });
      assert.equal((await store.preauthorizations.match(a.certificateSha256, 'none'))?.kind, 'certificate');
      assert.equal(await store.preauthorizations.match('none', a.certificateSha256), null);
      await admit(store, admission('pre', 7));
      assert.equal((await store.preauthorizations.match(a.certificateSha256, ''))?.usedAt, 7);
    });
  });
}
