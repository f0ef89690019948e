/** Everything that an operator can do, done twice: the second time changes nothing, or says why it is an act of its own. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { requestAdmission } from '@muster/device';
import { type DeviceCa, makeDeviceCa } from '../support/openssl.ts';
import {
  type Answer,
  capabilities,
  onboard,
  type Rig,
  signedSend,
  startRig,
  testClient,
} from '../support/wfm.ts';

const application = 'type: compose\nrequiredResources: {cpu: {cores: 1}, memory: 1Gi}';
const hex = (): string => randomUUID().replaceAll('-', '').repeat(2);

let rig: Rig;
let other: Rig;
let ca: DeviceCa;
let state: string;

interface Set {
  /** What stands in the place of the parameters of the path, in order. */
  readonly at?: readonly string[];
  readonly body?: unknown;
}
interface Case {
  readonly set: () => Promise<Set>;
  readonly statuses: readonly [number, number];
  /** Members that say how it went rather than how it is. */
  readonly tells?: readonly string[];
  /** Why each call is an act of its own. Without it, the second call leaves no trace and answers as the first. */
  readonly anew?: string;
}

async function done(method: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await rig.operator(method, path, body);
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
  return answer;
}

/** A request that waits. */
async function pending(): Promise<string> {
  return String((await onboard(rig, await testClient())).body['enrollmentId']);
}

/** A client that was let in, with one device. */
async function active(): Promise<string> {
  const client = await testClient();
  const { body } = await onboard(rig, client);
  const approved = await done('POST', `/enrollments/${String(body['enrollmentId'])}/approve`);
  const clientId = String(approved.body['clientId']);
  const path = `/api/v1/clients/${clientId}/capabilities/gw`;
  assert.equal((await signedSend(rig, client, 'PUT', path, capabilities('gw'))).status, 201);
  return clientId;
}

/** A client after a number of moves. */
async function moved(...moves: string[]): Promise<string> {
  const id = await active();
  for (const move of moves) await done('POST', `/clients/${id}/${move}`);
  return id;
}

/** The file of a client of another WFM. */
async function clientFile(): Promise<string> {
  const client = await testClient();
  const id = String((await onboard(other, client)).body['clientId']);
  return (await other.operator('POST', `/clients/${id}/export`, {})).text;
}

async function named(path: string, body: object, name = `n${randomUUID()}`): Promise<string> {
  await done('POST', path, { name, ...body });
  return name;
}

const at = (make: () => Promise<string>) => async (): Promise<Set> => ({ at: [await make()] });
const body = (make: () => unknown) => async (): Promise<Set> => ({ body: make() });
const onClient = (...moves: string[]): Pick<Case, 'set'> => ({ set: at(() => moved(...moves)) });
/** Told of nothing that happens here: what is shown of it changes by calls only. */
const hook = { url: 'https://receiver.invalid/hook', types: ['reservation.lost'] };
const same = { statuses: [200, 200] } as const;
const gone = { statuses: [204, 204] } as const;

const table: Readonly<Record<string, Case>> = {
  'DELETE /clients/{clientId}': { ...onClient(), ...gone },
  'POST /clients/{clientId}/block': { ...onClient(), ...same },
  'POST /clients/{clientId}/unblock': { ...onClient('block'), ...same },
  'POST /clients/{clientId}/retire': { ...onClient(), ...same },
  'POST /clients/{clientId}/readmit': { ...onClient('retire'), ...same },
  'POST /clients/{clientId}/export': {
    set: async () => ({ at: [await active()], body: { retire: true } }),
    ...same,
  },
  'POST /clients/import': {
    set: async () => ({ body: { file: await clientFile(), acceptSigner: true } }),
    statuses: [201, 200],
  },
  'POST /clients/{clientId}/rebind': {
    set: async () => ({ at: [await active()], body: { joinString: other.wfm.joinString } }),
    ...same,
  },
  'DELETE /clients/{clientId}/rebind': {
    set: at(async () => {
      const id = await active();
      await done('POST', `/clients/${id}/rebind`, { joinString: other.wfm.joinString });
      return id;
    }),
    ...same,
  },
  'POST /clients/{clientId}/approve': { set: at(async () => fingerprintOf(await pending())), ...same },
  'POST /clients/{clientId}/reject': { set: at(async () => fingerprintOf(await pending())), ...same },
  'PUT /clients/{clientId}/labels': {
    set: async () => ({ at: [await active()], body: { labels: { site: 'north' } } }),
    ...same,
  },
  'PUT /signers/{fingerprint}': { set: async () => ({ at: [hex()], body: { note: 'plant 7' } }), ...gone },
  'DELETE /signers/{fingerprint}': {
    set: at(async () => {
      const fingerprint = hex();
      await done('PUT', `/signers/${fingerprint}`, {});
      return fingerprint;
    }),
    ...gone,
  },
  'POST /enrollments/{enrollmentId}/approve': { set: at(pending), ...same },
  'POST /enrollments/{enrollmentId}/reject': { set: at(pending), ...same },
  'DELETE /enrollments/{enrollmentId}': { set: at(pending), ...gone },
  'POST /preauthorizations': {
    set: body(() => ({ items: [{ fingerprint: hex() }] })),
    ...same,
    tells: ['added', 'existing'],
  },
  'POST /preauthorizations/requests': {
    set: async () => {
      const { file } = await requestAdmission({ stateDirectory: state, deviceId: 'five' });
      return { body: { request: JSON.stringify(file) } };
    },
    ...same,
    // The trust pack says when it was made.
    tells: ['status', 'answer'],
  },
  'DELETE /preauthorizations/{fingerprint}': {
    set: at(async () => {
      const fingerprint = hex();
      await done('POST', '/preauthorizations', { items: [{ fingerprint }] });
      return fingerprint;
    }),
    ...gone,
  },
  'POST /device-authorities': {
    set: body(() => ({ name: randomUUID(), certificates: ca.pem })),
    statuses: [201, 200],
  },
  'POST /device-authorities/{name}/crl': {
    set: async () => ({
      at: [await named('/device-authorities', { certificates: ca.pem })],
      body: { crl: ca.crl([]).toString('base64') },
    }),
    ...same,
    tells: ['result'],
  },
  'DELETE /device-authorities/{name}': {
    set: at(() => named('/device-authorities', { certificates: ca.pem })),
    ...gone,
  },
  'PUT /rules': {
    set: async () => ({ body: { version: (await done('GET', '/rules')).body['version'], rules: [] } }),
    ...same,
  },
  'POST /rules/rehearse': { set: body(() => ({ rules: [] })), ...same },
  'POST /tickets': {
    set: body(() => ({})),
    statuses: [201, 201],
    anew: 'a ticket is a secret that is shown once',
  },
  'DELETE /tickets/{ticketId}': {
    set: at(async () => String((await done('POST', '/tickets', {})).body['ticketId'])),
    ...gone,
  },
  'POST /labels': {
    set: async () => ({ body: { clientId: await active(), labels: { line: '1' } } }),
    ...same,
    tells: ['result'],
  },
  'POST /placement:query': { set: body(() => ({ application, count: 1 })), ...same },
  'POST /placement:explain': {
    set: async () => ({ body: { application, clientId: await active(), deviceId: 'gw' } }),
    ...same,
  },
  'POST /reservations': {
    set: async () => ({
      body: { reservationId: randomUUID(), application, clientId: await active(), deviceId: 'gw' },
    }),
    statuses: [201, 200],
  },
  'DELETE /reservations/{reservationId}': {
    set: at(async () => {
      const made = { application, clientId: await active(), deviceId: 'gw' };
      return String((await done('POST', '/reservations', made)).body['reservationId']);
    }),
    ...gone,
  },
  'POST /requirements': { set: body(() => ({ name: randomUUID(), application })), statuses: [201, 200] },
  'DELETE /requirements/{name}': { set: at(() => named('/requirements', { application })), ...gone },
  'POST /webhooks': { set: body(() => ({ name: randomUUID(), ...hook })), statuses: [201, 200] },
  'DELETE /webhooks/{name}': { set: at(() => named('/webhooks', hook)), ...gone },
  'POST /webhooks/{name}/disable': { set: at(() => named('/webhooks', hook)), ...same },
  'POST /webhooks/{name}/enable': {
    set: at(async () => {
      const name = await named('/webhooks', hook);
      await done('POST', `/webhooks/${name}/disable`);
      return name;
    }),
    ...same,
  },
  'POST /webhooks/{name}/test': {
    set: at(() => named('/webhooks', hook)),
    ...same,
    anew: 'the receiver is sent another test',
  },
  'POST /webhooks/{name}/retry': {
    set: async () => ({ at: [await named('/webhooks', hook)], body: {} }),
    ...same,
  },
  'POST /tokens': {
    set: body(() => ({ name: randomUUID(), role: 'viewer' })),
    // A token is shown once: who has lost it revokes it, and makes another.
    statuses: [201, 409],
  },
  'DELETE /tokens/{name}': { set: at(() => named('/tokens', { role: 'viewer' })), ...gone },
  'POST /trust/pack': { set: body(() => ({})), statuses: [201, 201], anew: 'a pack says when it was made' },
  'POST /trust/rotate': { set: body(() => ({ step: 'announce' })), ...same },
};

async function fingerprintOf(enrollmentId: string): Promise<string> {
  return String((await done('GET', `/enrollments/${enrollmentId}`)).body['fingerprint']);
}

/** How long the audit log is. */
async function logged(): Promise<number> {
  const { body: checkpoint } = await done('GET', '/audit/checkpoint');
  return (JSON.parse(String(checkpoint['statement'])) as { seq: number }).seq;
}

function without(answer: Answer, members: readonly string[]): unknown {
  // When a client was seen is written in batches, at any time between the two calls.
  const left = [...members, 'lastSeenAt'];
  const entries = Object.entries(answer.body).filter(([key]) => !left.includes(key));
  return entries.length === 0 ? answer.text : Object.fromEntries(entries);
}

describe('what an operator does twice', () => {
  before(async () => {
    state = await mkdtemp(join(tmpdir(), 'muster-twice-'));
    [rig, other] = await Promise.all([startRig(), startRig({ admission: 'open' })]);
    ca = makeDeviceCa();
  });
  after(async () => {
    ca.remove();
    await Promise.all([rig.stop(), other.stop(), rm(state, { recursive: true })]);
  });

  it('is in this table, all of it', async () => {
    const text = await readFile(new URL('../../../../docs/operator-api.json', import.meta.url), 'utf8');
    const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, unknown>> };
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => method !== 'get')
        .map((method) => `${method.toUpperCase()} ${path.replace('/operator/v1', '')}`),
    );
    assert.deepEqual(operations.sort(), Object.keys(table).sort());
  });

  for (const [operation, { set, statuses, tells = [], anew }] of Object.entries(table))
    it(`${operation}: ${anew ?? statuses.join(', ')}`, async () => {
      const [method = '', pattern = ''] = operation.split(' ');
      const made = await set();
      const names = [...(made.at ?? [])];
      const path = pattern.replace(/\{\w+\}/g, () => encodeURIComponent(names.shift() ?? ''));
      const first = await rig.operator(method, path, made.body);
      assert.equal(first.status, statuses[0], first.text);
      const before = await logged();
      const second = await rig.operator(method, path, made.body);
      assert.equal(second.status, statuses[1], second.text);
      if (anew !== undefined) return;
      assert.equal(await logged(), before, 'the second call leaves no trace in the audit log');
      if (second.status === 409) assert.equal(typeof second.body['state'], 'string');
      else assert.deepEqual(without(second, tells), without(first, tells));
    });
});
