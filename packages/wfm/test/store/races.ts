/**
 * Everybody acts on the same client at once, in thousands of seeded orders: approve, reject, onboard, rotate, block, unblock,
 * retire, delete, leave. One act wins, and whoever plays the audit log comes to the states that are in the tables.
 *
 * How many orders is MUSTER_RACES, from where MUSTER_RACES_SEED.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { openStore } from '../../src/store/open.ts';
import type { AuditRecord, ClientKey, Page, Store } from '../../src/store/ports.ts';
import { applicant, terms } from './contract.ts';

/** Clients that are raced for at the same time. */
const atOnce = 20;
const receipt = { method: 'POST', targetUri: 'https://wfm/', fields: [], body: Buffer.from('{}') };

/** A generator of its own for each race: its order does not depend on how the others go. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return (state >>> 8) % below;
  };
}

const nameOf = (race: number): string => `race ${race}`;

/** Lets everybody act on one client. @returns what each act came to */
async function everybody(stores: readonly Store[], race: number, seed: number): Promise<string[]> {
  const random = seeded(seed + race * 7_919);
  const store = (): Store => stores[random(stores.length)] ?? assert.fail();
  const own = applicant(nameOf(race));
  const { enrollmentId } = await store().enrollments.recordPending(own, terms, 1);
  const approved = randomUUID();
  const idNow = async (by: Store): Promise<string> =>
    (await by.clients.byKey(own.spkiSha256))?.clientId ?? approved;
  const admit = (by: Store): Promise<string> =>
    by.enrollments
      .admit({
        applicant: own,
        clientId: randomUUID(),
        decidedBy: 'policy',
        terms,
        receipt,
        unlessRejected: true,
        now: 2,
      })
      .then((r) => r.result);
  const acts: ReadonlyArray<(by: Store) => Promise<string>> = [
    (by) =>
      by.enrollments.approve(enrollmentId, { clientId: approved, actor: 'a', now: 2 }).then((d) => d.result),
    (by) => by.enrollments.reject(enrollmentId, { actor: 'b', now: 2 }).then((d) => d.result),
    (by) => by.enrollments.delete(enrollmentId, 'b', 2).then(String),
    (by) => by.enrollments.withdraw(own.spkiSha256, '127.0.0.1', 2),
    admit,
    admit,
    async (by) => by.clients.setState(await idNow(by), ['active'], 'blocked', 'c', 3),
    async (by) => by.clients.setState(await idNow(by), ['blocked'], 'active', 'd', 3),
    async (by) => by.clients.setState(await idNow(by), ['active', 'blocked'], 'retired', 'e', 3),
    async (by) => by.clients.setState(await idNow(by), ['retired'], 'active', 'e', 3),
    async (by) => String(await by.clients.delete(await idNow(by), 'f', 3)),
    async (by) =>
      by.clients.rotate({
        clientId: await idNow(by),
        oldKey: own.spkiSha256,
        applicant: applicant(`${nameOf(race)} next`),
        receipt,
        overlapUntil: 10,
        now: 4,
      }),
    async (by) => {
      const exported = await by.moving.exportClient({
        clientId: await idNow(by),
        retire: { reason: 'moved' },
        actor: 'g',
        now: 4,
        maximumBytes: 10_000,
        make: ({ client }) => Promise.resolve(`${client.clientId} ${client.state}`),
      });
      return exported.result;
    },
  ];
  // Not all of them every time: deleting is final, and would end most races.
  const taken = acts.filter((_, i) => i < 2 || random(10) < (i === 10 ? 3 : 7));
  const order = taken.map((act) => ({ act, at: random(1_000_000), by: store() })).sort((x, y) => x.at - y.at);
  return Promise.all(
    order.map(async ({ act, at, by }) => {
      for (let i = at % 4; i > 0; i--) await new Promise((resolve) => setImmediate(resolve));
      return act(by);
    }),
  );
}

async function* pages<T>(list: (cursor: string | undefined) => Promise<Page<T>>): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const page = await list(cursor);
    yield* page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/** What the audit log says is so: each entry must fit what was before it. */
class Played {
  readonly clients = new Map<string, string>();
  /** By certificate. */
  readonly requests = new Map<string, string>();
  readonly #of = new Map<string, Set<string>>();

  #came(clientId: string, certificate: string): void {
    assert.ok(!this.clients.has(clientId), `${clientId} came twice`);
    this.clients.set(clientId, 'active');
    this.#bind(clientId, certificate);
  }

  #bind(clientId: string, certificate: string): void {
    this.#of.set(clientId, (this.#of.get(clientId) ?? new Set()).add(certificate));
    this.requests.set(certificate, 'approved');
  }

  #was(certificate: string, states: readonly unknown[], action: string): void {
    assert.ok(
      states.includes(this.requests.get(certificate)),
      `${action} of ${this.requests.get(certificate)}`,
    );
  }

  play({ action, subject, detail }: AuditRecord): void {
    const certificate = String(detail['certificate']);
    switch (action) {
      case 'enrollment.requested':
        this.#was(certificate, [undefined], action);
        this.requests.set(certificate, 'pending');
        return;
      case 'enrollment.approved':
        this.#was(certificate, ['pending'], action);
        this.#came(String(detail['clientId']), certificate);
        return;
      case 'enrollment.rejected':
        this.#was(certificate, ['pending'], action);
        this.requests.set(certificate, 'rejected');
        return;
      case 'enrollment.withdrawn':
        this.#was(certificate, ['pending'], action);
        this.requests.delete(certificate);
        return;
      case 'enrollment.deleted':
        this.#was(certificate, ['pending', 'rejected'], action);
        this.requests.delete(certificate);
        return;
      case 'client.admitted':
        this.#was(certificate, ['pending', undefined], action);
        this.#came(subject, certificate);
        return;
      case 'key.rotated':
        assert.equal(this.clients.get(subject), 'active');
        this.#bind(subject, certificate);
        return;
      case 'client.exported':
        assert.notEqual(this.clients.get(subject), 'retired');
        return;
      case 'client.deleted':
        assert.equal(this.clients.get(subject), detail['before']);
        this.clients.delete(subject);
        for (const one of this.#of.get(subject) ?? []) this.requests.set(one, 'rejected');
        return;
      default:
        assert.match(action, /^client\.(?:active|blocked|retired)$/);
        assert.equal(this.clients.get(subject), detail['before'], `${action} of ${subject}`);
        this.clients.set(subject, String(detail['after']));
    }
  }
}

/** @param share of all races that this database gets */
export function storeRaces(name: string, instances: 1 | 2, share: number, url: () => Promise<string>): void {
  describe(`races on ${name}`, () => {
    const stores: Store[] = [];
    const open = async (): Promise<void> => {
      if (stores.length > 0) return;
      const at = await url();
      for (let i = 0; i < instances; i++) stores.push(await openStore({ url: at, now: () => 1 }));
    };
    after(() => Promise.all(stores.map((store) => store.close())));
    const races = Math.round(share * Number(process.env['MUSTER_RACES'] ?? 1_000));
    const seed = Number(process.env['MUSTER_RACES_SEED'] ?? 4_711);

    it(`come to one end ${races} times, and the audit log tells the same`, async () => {
      await open();
      const [store] = stores;
      assert.ok(store);
      const results = new Set<string>();
      for (let race = 0; race < races; race += atOnce) {
        const many = Array.from({ length: Math.min(atOnce, races - race) }, (_, i) => race + i);
        const came = await Promise.all(many.map((one) => everybody(stores, one, seed)));
        for (const result of came.flat()) results.add(result);
      }
      assert.equal((await store.audit.verify(null)).ok, true);
      const played = new Played();
      for await (const entry of pages((cursor) => store.audit.list({ limit: 1_000, cursor })))
        played.play(entry);
      const clients = new Map<string, string>();
      for await (const client of pages((cursor) => store.clients.list({ limit: 1_000, cursor })))
        clients.set(client.clientId, client.state);
      assert.deepEqual(clients, played.clients);
      const requests = new Map<string, string>();
      for await (const one of pages((cursor) => store.enrollments.list({ limit: 1_000, cursor }))) {
        requests.set(one.certificateSha256, one.state);
        assert.equal(
          one.state === 'approved',
          one.clientId !== null && clients.has(one.clientId),
          'what was approved has its client, and nothing else has one',
        );
      }
      assert.deepEqual(requests, played.requests);
      for (let race = 0; race < races; race++) {
        const own: ClientKey | null = await store.clients.keyOnFile(applicant(nameOf(race)).spkiSha256);
        const next = await store.clients.keyOnFile(applicant(`${nameOf(race)} next`).spkiSha256);
        if (next !== null && own !== null)
          assert.equal(next.clientId, own.clientId, 'a rotation makes no second client');
      }
      // Every end was reached: nobody wins always.
      for (const result of 'approved rejected withdrawn admitted changed conflict rotated exported retired true false'.split(
        ' ',
      ))
        assert.ok(results.has(result), `${result} among ${[...results].join(' ')}`);
    });

    it('wait for nobody who waits for them', async () => {
      await open();
      const [one, other = one] = stores;
      assert.ok(one !== undefined && other !== undefined);
      const clientIds: string[] = [];
      for (let round = 1; round <= 30; round++) {
        const own = applicant(`crossing ${round}`);
        const items = [{ fingerprint: own.certificateSha256, kind: 'certificate' as const }];
        await one.preauthorizations.add(items, 'a', 1);
        // Each of them locks rows that another one wants: on PostgreSQL a circle ends one of them with an error.
        const [admitted] = await Promise.all([
          one.enrollments.admit({
            applicant: own,
            clientId: randomUUID(),
            decidedBy: 'policy',
            terms,
            receipt,
            now: 2,
          }),
          other.preauthorizations.remove(own.certificateSha256, 'b', 2),
          other.preauthorizations.add(items, 'b', 2),
          other.enrollments.recordPending(own, terms, 2),
          one.enrollments.recordPending(own, terms, 2),
          other.enrollments.sweepPending(3, 3),
          one.clients.touch(new Map(clientIds.map((id) => [id, round * 1_000_000]))),
          other.clients.touch(new Map(clientIds.toReversed().map((id) => [id, round * 1_000_000]))),
        ]);
        if (admitted.result === 'admitted') clientIds.push(admitted.client.clientId);
      }
      assert.equal(clientIds.length, 30);
    });
  });
}
