/** Every collection, page by page: in every order, with every filter, in pages of every size, on both databases. */
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { Agent, request } from 'undici';
import { type DeviceCa, makeDeviceCa } from '../support/openssl.ts';
import { startPostgres } from '../support/postgres.ts';
import { capabilities, onboard, type Rig, signedSend, startRig, testClient } from '../support/wfm.ts';

/** So many of each: enough for pages that end in the middle, and for each state of each thing. */
const several = 6;

type Item = Record<string, unknown>;
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
/** Asks on connections that are kept: there are many pages. */
type Ask = (
  method: Method,
  path: string,
  body?: unknown,
  token?: string,
) => Promise<{ status: number; text: string; body: Item }>;
type Key = string | number;
interface Collection {
  readonly id: (item: Item) => string;
  /** By name of the order: what the items are sorted by. The first is meant when nothing is said. */
  readonly orders: Readonly<Record<string, (item: Item) => Key>>;
  /** By query: which items are left. */
  readonly filters?: Readonly<Record<string, (item: Item) => boolean>>;
  /** What is there changes by itself: only what was there before is looked for. */
  readonly grows?: boolean;
}

const vision = 'type: compose\nrequiredResources: {memory: 1Gi, peripherals: [{type: camera}]}';
const other = {
  apiVersion: 'margo.org/v1-alpha1',
  kind: 'ApplicationDescription',
  metadata: {
    id: 'other',
    name: 'Other',
    version: '1.0.0',
    catalog: { organization: [{ name: 'Somebody' }] },
  },
  deploymentProfiles: [
    {
      type: 'compose',
      id: 'only',
      components: [
        { name: 'one', properties: { repository: 'oci://registry.example.com/one', revision: '1.0.0' } },
      ],
      deviceConstraints: { capacityRequirements: { memory: '1Gi' } },
    },
  ],
};
const text = (name: string) => (item: Item) => String(item[name]);
/** A time as it is sorted; none is the smallest. */
const time = (name: string) => (item: Item) => (item[name] === null ? 0 : Date.parse(String(item[name])));
const is =
  (name: string, value: unknown) =>
  (item: Item): boolean =>
    item[name] === value;
const begins =
  (prefix: string, ...names: string[]) =>
  (item: Item): boolean =>
    names.some((name) => String(item[name]).startsWith(`sha256:${prefix}`));

/** All collections. `first` gives the first client's id, `webhook` and `gw` are made below. */
const collections = (first: string): Readonly<Record<string, Collection>> => ({
  '/clients': {
    id: text('clientId'),
    orders: {
      createdAt: time('createdAt'),
      lastSeenAt: time('lastSeenAt'),
      subject: text('subject'),
      notAfter: time('notAfter'),
      labels: (item) => JSON.stringify(item['labels']),
    },
    filters: {
      'state=blocked': is('state', 'blocked'),
      'text=gw-1': (item) => String(item['subject']).toLowerCase().includes('gw-1'),
      'label=site%3Dnorth': (item) => (item['labels'] as Item)['site'] === 'north',
      'label=site': (item) => 'site' in (item['labels'] as Item),
      'authority=none': () => false,
      'fingerprint=0': begins('0', 'fingerprint', 'keyFingerprint'),
      'state=active&label=site': (item) => item['state'] === 'active' && 'site' in (item['labels'] as Item),
    },
  },
  '/enrollments': {
    id: text('enrollmentId'),
    orders: { firstSeenAt: time('firstSeenAt'), lastSeenAt: time('lastSeenAt'), subject: text('subject') },
    filters: {
      'state=pending': is('state', 'pending'),
      'text=gw-1': (item) => String(item['subject']).toLowerCase().includes('gw-1'),
      'fingerprint=1': begins('1', 'fingerprint', 'keyFingerprint'),
      'authority=none': () => false,
    },
  },
  '/preauthorizations': {
    id: text('fingerprint'),
    orders: { fingerprint: text('fingerprint'), createdAt: time('createdAt') },
    filters: {
      'state=used': (item) => item['usedAt'] !== null,
      'state=unused': is('usedAt', null),
      'kind=key': is('kind', 'key'),
      'fingerprint=a': begins('a', 'fingerprint'),
    },
  },
  '/device-authorities': {
    id: text('name'),
    orders: { createdAt: time('createdAt'), name: text('name') },
  },
  '/signers': {
    id: text('fingerprint'),
    orders: { createdAt: time('createdAt'), fingerprint: text('fingerprint') },
  },
  '/tokens': {
    id: (item) => `${String(item['name'])} ${String(item['createdAt'])}`,
    orders: {
      createdAt: time('createdAt'),
      name: text('name'),
      lastUsedAt: time('lastUsedAt'),
      expiresAt: time('expiresAt'),
    },
    filters: {
      'state=in-force': is('state', 'in-force'),
      'state=expired': is('state', 'expired'),
      'state=revoked': is('state', 'revoked'),
      'role=viewer': is('role', 'viewer'),
    },
  },
  '/tickets': {
    id: text('ticketId'),
    orders: { createdAt: time('createdAt'), expiresAt: time('expiresAt') },
    filters: {
      'state=open': is('state', 'open'),
      'state=expired': is('state', 'expired'),
      'state=used': is('state', 'used'),
      [`clientId=${first}`]: is('clientId', first),
    },
  },
  '/webhooks': {
    id: text('name'),
    orders: { name: text('name'), createdAt: time('createdAt') },
    filters: { 'state=disabled': is('enabled', false), 'kind=admission': is('kind', 'admission') },
  },
  '/webhooks/dead/dead-letters': {
    id: text('seq'),
    orders: { seq: (item) => Number(item['seq']) },
  },
  '/devices': {
    id: (item) => `${String(item['clientId'])} ${String(item['deviceId'])}`,
    orders: {
      createdAt: () => 0,
      deviceId: text('deviceId'),
      lastSeenAt: time('lastSeenAt'),
      updatedAt: time('updatedAt'),
    },
    filters: {
      [`clientId=${first}`]: is('clientId', first),
      'text=gw-1': (item) => String(item['deviceId']).includes('gw-1'),
    },
  },
  [`/device-revisions/${first}/gw-0`]: { id: text('revision'), orders: {} },
  '/drift-alerts': {
    id: text('alertId'),
    orders: { since: time('since') },
    filters: { [`clientId=${first}`]: is('clientId', first) },
  },
  '/reservations': {
    id: text('reservationId'),
    orders: { createdAt: time('createdAt') },
    filters: {
      [`clientId=${first}`]: is('clientId', first),
      'application=other': is('application', 'other'),
    },
  },
  '/requirements': { id: text('name'), orders: { name: text('name'), createdAt: time('createdAt') } },
  '/audit': {
    id: text('seq'),
    orders: { seq: (item) => Number(item['seq']) },
    filters: {
      'action=client': (item) => String(item['action']).startsWith('client.'),
      'action=client.blocked': is('action', 'client.blocked'),
      'actor=admin': is('actor', 'admin'),
      [`subject=${first}`]: (item) => `${String(item['subject'])}/`.startsWith(`${first}/`),
      'since=2020-01-01T00:00:00Z': () => true,
      'until=2020-01-01T01:00:00%2B02:00': () => false,
    },
    grows: true,
  },
});

/** Fills every collection with several of each. @returns the id of the first client */
async function fill(rig: Rig, ask: Ask, ca: DeviceCa): Promise<string> {
  const ok = async (method: Method, path: string, body?: unknown): Promise<Item> => {
    const answer = await ask(method, path, body);
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  };
  const ids: string[] = [];
  for (let i = 0; i < several; i++) {
    const client = await testClient({
      commonName: `${i % 2 === 0 ? 'gw' : 'GW'}-${i % 4}`,
      days: 100 + (i % 3),
    });
    const item = {
      fingerprint: i % 2 === 0 ? client.certificate.sha256 : client.keyid,
      kind: i % 2 === 0 ? 'certificate' : 'key',
    };
    await ok('POST', '/preauthorizations', { items: [item] });
    const clientId = String((await onboard(rig, client)).body['clientId']);
    ids.push(clientId);
    const device = `gw-${i}`;
    const report = async (change: object): Promise<void> => {
      const path = `/api/v1/clients/${clientId}/capabilities/${device}`;
      const answer = await signedSend(rig, client, 'PUT', path, capabilities(device, { ...change }));
      assert.ok(answer.status < 300, answer.text);
    };
    const camera = [{ type: 'camera' }, { type: 'camera' }, { type: 'camera' }];
    await report({ peripherals: camera });
    for (const application of i === 0 ? [vision, other] : [vision])
      await ok('POST', '/reservations', { application, clientId, deviceId: device });
    await report({});
    if (i === 0) for (let n = 0; n < 4; n++) await report({ serialNumber: `S${n}` });
    if (i % 3 === 0)
      await ok('PUT', `/clients/${clientId}/labels`, { labels: { site: i < 2 ? 'north' : 'south' } });
    if (i % 4 === 1) await ok('POST', `/clients/${clientId}/block`);
    const { body } = await onboard(rig, await testClient({ commonName: `gw-${i % 4}` }));
    // Whoever is approved and does not come again was never seen.
    if (i % 3 < 2)
      await ok('POST', `/enrollments/${String(body['enrollmentId'])}/${i % 3 === 0 ? 'reject' : 'approve'}`);
    const hex = randomUUID().replaceAll('-', '').repeat(2);
    await ok('POST', '/preauthorizations', {
      items: [{ fingerprint: hex }, { fingerprint: `a${hex.slice(1)}` }],
    });
    await ok('POST', '/device-authorities', { name: `ca ${(i * 5) % several}`, certificates: ca.pem });
    await ok('PUT', `/signers/${hex}`, {});
    const forClient = i % 3 === 0 ? { clientId: ids[0] ?? '' } : {};
    const { ticketId } = await ok('POST', '/tickets', { ...forClient, hours: 1 + ((i * 5) % several) });
    if (i % 4 === 0) await ok('DELETE', `/tickets/${String(ticketId)}`);
    const token = await ok('POST', '/tokens', {
      name: `t${(i * 5) % several}`,
      role: i % 2 === 0 ? 'viewer' : 'operator',
      ...(i % 3 === 0 ? { days: 1e-9 } : {}),
    });
    if (i % 4 === 2) await ask('GET', '/clients', undefined, String(token['token']));
    if (i % 4 === 3) await ok('DELETE', `/tokens/t${(i * 5) % several}`);
    await ok('POST', '/requirements', {
      name: `r${(i * 5) % several}`,
      application: vision,
      selector: 'site=nowhere',
    });
    const kind = i === 5 ? 'admission' : 'events';
    await ok('POST', '/webhooks', {
      name: `w${(i * 5) % several}`,
      kind,
      url: 'https://receiver.invalid/',
      ...(kind === 'events' ? { types: ['nothing'] } : {}),
    });
    if (i % 2 === 0 || kind === 'admission') await ok('POST', `/webhooks/w${(i * 5) % several}/disable`);
  }
  // Nobody listens there: what happens is dead letters at once.
  await ok('POST', '/webhooks', { name: 'dead', url: 'https://127.0.0.1:9/', types: ['signer'] });
  for (let i = 0; i < 6; i++) await ok('PUT', `/signers/${String(i).repeat(64)}`, {});
  const settled = async (): Promise<boolean> => {
    const { deadLetters } = (await ok('GET', '/webhooks/dead')) as { deadLetters: number };
    const clients = (await ok('GET', '/clients'))['items'] as Item[];
    return deadLetters === 6 && clients.filter((c) => c['lastSeenAt'] !== null).length === ids.length;
  };
  while (!(await settled())) await new Promise((resolve) => setTimeout(resolve, 50));
  return ids[0] ?? '';
}

const order = (a: Key, b: Key): number => (a < b ? -1 : a > b ? 1 : 0);

async function walk(ask: Ask, path: string, query: string, limit: number): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: unknown = null;
  do {
    const next = cursor === null ? '' : `&cursor=${encodeURIComponent(String(cursor))}`;
    const { status, body, text: said } = await ask('GET', `${path}?limit=${limit}${query}${next}`);
    assert.equal(status, 200, said);
    const page = body['items'] as Item[];
    assert.ok(page.length <= limit);
    assert.ok(page.length > 0 || cursor === null, 'no empty page at the end');
    items.push(...page);
    cursor = body['nextCursor'];
  } while (cursor !== null);
  return items;
}

const server = await startPostgres();
for (const [database, url] of [
  ['SQLite', async () => undefined],
  ['PostgreSQL', () => server.database('collections')],
] as const)
  describe(`every collection on ${database}`, () => {
    let rig: Rig;
    let ca: DeviceCa;
    let table: Readonly<Record<string, Collection>>;
    let agent: Agent;
    let token: string;
    const ask: Ask = async (method, path, body, own = token) => {
      const answer = await request(`${rig.wfm.operatorUrl}/operator/v1${path}`, {
        dispatcher: agent,
        method,
        headers: { authorization: `Bearer ${own}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.body.text();
      return { status: answer.statusCode, text, body: text === '' ? {} : (JSON.parse(text) as Item) };
    };
    before(async () => {
      const at = await url();
      ca = makeDeviceCa();
      rig = await startRig({
        webhookTries: 1,
        webhookRetrySeconds: 0.01,
        ...(at === undefined ? {} : { database: at }),
      });
      agent = new Agent({ connect: { ca: rig.ca } });
      token = (await readFile(rig.wfm.operatorTokenFile, 'utf8')).trim();
      table = collections(await fill(rig, ask, ca));
    });
    after(async () => {
      ca.remove();
      await agent.close();
      await rig.stop();
    });

    it('is in this table, with every order', async () => {
      const { paths } = (await ask('GET', '/openapi.json')).body as {
        paths: Record<
          string,
          { get?: { parameters?: Array<{ name: string; schema: { enum?: string[] } }>; responses: Item } }
        >;
      };
      const found = Object.entries(paths).filter(([, { get }]) =>
        JSON.stringify(get?.responses['200'] ?? '').includes('"nextCursor"'),
      );
      const known = new Map(
        Object.keys(table).map((path) => [
          path
            .replace(/\/dead\//, '/{name}/')
            .replace(/^(\/device-revisions\/).*/, '$1{clientId}/{deviceId}'),
          table[path],
        ]),
      );
      assert.deepEqual(
        found.map(([path]) => path.replace('/operator/v1', '')).sort(),
        [...known.keys()].sort(),
      );
      for (const [path, { get }] of found) {
        const sort = get?.parameters?.find((p) => p.name === 'sort')?.schema.enum ?? [];
        const orders = Object.keys(known.get(path.replace('/operator/v1', ''))?.orders ?? {});
        // Devices have short names of their orders beside.
        const short = new Set(['created', 'id', 'seen', 'changed']);
        assert.deepEqual(
          sort.filter((name) => !name.startsWith('-') && !short.has(name)),
          orders,
          path,
        );
        for (const name of ['limit', 'cursor'])
          assert.ok(
            get?.parameters?.some((p) => p.name === name),
            `${path} ${name}`,
          );
      }
    });

    it('gives each item once, in order, whatever the size of the pages', async () => {
      for (const [path, { id, orders, filters = {}, grows = false }] of Object.entries(table)) {
        const all = await walk(ask, path, '', 1000);
        assert.ok(all.length >= 5, `${path}: ${all.length}`);
        const sorts = Object.entries(orders).flatMap(([name, key]) => [
          { sort: `&sort=${name}`, key, sign: 1 },
          { sort: `&sort=-${name}`, key, sign: -1 },
        ]);
        const plain = { sort: '', key: Object.values(orders)[0] ?? (() => 0), sign: 1 };
        for (const { sort, key, sign } of [plain, ...sorts])
          for (const [filter, holds] of [['', () => true] as const, ...Object.entries(filters)]) {
            const query = `${sort}${filter === '' ? '' : `&${filter}`}`;
            const whole = await walk(ask, path, query, 1000);
            const wanted = all.filter(holds).map(id);
            const there = new Set(whole.map(id));
            assert.equal(there.size, whole.length, `${path} ${query}: twice`);
            if (grows)
              assert.ok(
                wanted.every((one) => there.has(one)),
                `${path} ${query}`,
              );
            else assert.deepEqual([...there].sort(), wanted.toSorted(), `${path} ${query}`);
            const keys = whole.map(key);
            assert.ok(
              keys.every((value, i) => i === 0 || sign * order(keys[i - 1] ?? value, value) <= 0),
              `${path} ${query} is not sorted: ${JSON.stringify(keys)}`,
            );
            // The whole order once more: each item as the end of a page, in pages that divide it, and in those that do not.
            const { length } = whole;
            const half = Math.ceil(length / 2);
            const sizes = grows ? [50] : sort === '' ? [1, 3, length - 1, length] : [sign > 0 ? 1 : 2];
            for (const size of filter === '' ? sizes : [half])
              if (size > 0)
                assert.deepEqual(
                  (await walk(ask, path, query, size)).map(id),
                  whole.map(id),
                  `${path} ${query} by ${size}`,
                );
          }
      }
    });

    it('takes the most labels that a client may have, and finds it by each', async () => {
      const { items } = (await ask('GET', '/clients?limit=1')).body as { items: Array<{ clientId: string }> };
      const long = (i: number): string => createHash('sha512').update(String(i)).digest('hex');
      const pairs = Array.from({ length: 64 }, (_, i) => [long(i), long(i + 100).repeat(2)] as const);
      const labels = Object.fromEntries(pairs);
      const path = `/clients/${items[0]?.clientId ?? ''}/labels`;
      const set = await ask('PUT', path, { labels });
      assert.equal(set.status, 200, set.text);
      const [key, value] = pairs[63] ?? [];
      const found = (await ask('GET', `/clients?label=${key}%3D${value}&sort=-labels`)).body;
      assert.equal((found['items'] as Item[]).length, 1);
      for (const more of [
        { k: 'v' },
        { [`${long(1)}x`]: 'v' },
        { k: 'v'.repeat(257) },
        { 'k ': 'v' },
        { k: 'a\n' },
      ]) {
        const refused = await ask('PUT', path, {
          labels: { ...('k' in more && more.k === 'v' ? labels : {}), ...more },
        });
        assert.equal(refused.status, 422, JSON.stringify(more));
      }
      await ask('PUT', path, { labels: {} });
    });

    it('refuses an order that it has not, and a cursor of another order', async () => {
      for (const [path, { orders }] of Object.entries(table)) {
        assert.equal(
          (await ask('GET', `${path}?sort=colour`)).status,
          Object.keys(orders).length === 0 ? 200 : 400,
          path,
        );
        const [first = ''] = Object.keys(orders);
        const { nextCursor } = (await ask('GET', `${path}?limit=1`)).body;
        const forged = [
          'x',
          Buffer.from('[]').toString('base64url'),
          Buffer.from(JSON.stringify([first, 'a\0b', 'c'])).toString('base64url'),
          Buffer.from(JSON.stringify([first, 1e300, 'c'])).toString('base64url'),
          Buffer.from(JSON.stringify([first, { a: 1 }, null])).toString('base64url'),
        ];
        for (const cursor of forged) {
          const answer = await ask('GET', `${path}?cursor=${cursor}`);
          assert.equal(answer.status, 400, `${path} ${Buffer.from(cursor, 'base64url').toString()}`);
        }
        if (first === '') continue;
        const other = await ask('GET', `${path}?sort=-${first}&cursor=${String(nextCursor)}`);
        assert.equal(other.status, 400, path);
        assert.match(String(other.body['detail']), /Start again/);
      }
    });
  });
// Registered after the suites, so the stores are closed before the server stops.
after(() => server.stop());
