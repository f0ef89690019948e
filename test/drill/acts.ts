/** What goes on while the WFM is killed, and how it is looked at afterwards. One world for each process: what was promised is kept here. */
import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, type TestClient, testClient } from '../../packages/wfm/test/support/wfm.ts';
import { type Carried, type List, makeList, otherWfm, type Running } from './support.ts';

let seed = Number(process.env['MUSTER_DRILL_SEED'] ?? 20_261);
export const random = (): number => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
};
export const oneOf = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];

/** What was promised: the clientId of each key that was answered 201. */
export const promised = new Map<string, string>();
/** Clients by their present key, as far as the devices know. */
const fleet: TestClient[] = [];
const waiting: TestClient[] = [];
/** Clients of another WFM that were taken over and may leave again. */
const guests: string[] = [];

/** What is cut, and what of it came out before and after. */
export const kinds = ['approve', 'list', 'take over', 'leave', 'rotate', 'trust'] as const;
type Kind = (typeof kinds)[number];
export const cut = Object.fromEntries(kinds.map((kind) => [kind, { before: 0, after: 0 }])) as Record<
  Kind,
  { before: number; after: number }
>;
/** What was asked for since the last start: whether the answer came, and how it is looked at afterwards. */
interface Sent {
  readonly kind: Kind;
  isAnswered: boolean;
  /** Whether it has happened; fails when it has by half, or was answered in vain. */
  readonly hasHappened: (wfm: Running) => Promise<boolean>;
}
export const sent: Sent[] = [];
export const data = await mkdtemp(join(tmpdir(), 'muster-drill-'));
const carry = await otherWfm(join(data, 'other'));

function keep(key: string, answer: Answer): boolean {
  if (answer.status !== 201) return false;
  const clientId = String(answer.body['clientId']);
  const before = promised.get(key);
  assert.ok(before === undefined || before === clientId, `${key} was ${before} and is ${clientId}`);
  promised.set(key, clientId);
  return true;
}

/** What is made ready before: the act itself is one request. `afterwards` is what follows when it was answered. */
interface Ready {
  readonly act: () => Promise<void>;
  readonly afterwards?: () => Promise<void>;
}
export type Operation = (wfm: Running) => Promise<Ready | null>;

/** An act that is looked at after the next start. */
function noted(kind: Kind, hasHappened: Sent['hasHappened'], act: () => Promise<void>): () => Promise<void> {
  return async () => {
    const one: Sent = { kind, isAnswered: false, hasHappened };
    sent.push(one);
    await act();
    one.isAnswered = true;
  };
}

/** Brings a client of another WFM here. */
async function arrival(wfm: Running): Promise<Ready> {
  const client = await carry();
  const { clientId, file } = client;
  return {
    act: noted(
      'take over',
      (after) => isThereWhole(after, client),
      async () => {
        const answer = await wfm.operator('POST', '/clients/import', { file, acceptSigner: true });
        assert.equal(answer.status, 201, answer.text);
        guests.push(clientId);
      },
    ),
  };
}

/** A list of devices that may come. */
async function list(wfm: Running): Promise<Ready> {
  const made = await makeList(1_000 + Math.floor(random() * 2_000));
  const { items, device } = made;
  return {
    act: noted(
      'list',
      (after) => isListed(after, made),
      async () => {
        const answer = await wfm.operator('POST', '/preauthorizations', { items });
        assert.equal(answer.body['added'], items.length, answer.text.slice(0, 300));
      },
    ),
    afterwards: async () => {
      if (keep(device.keyid, await wfm.device(device))) fleet.push(device);
    },
  };
}

/** Somebody leaves with a file. */
async function departure(wfm: Running): Promise<Ready> {
  if (guests.length === 0) {
    const { act } = await arrival(wfm);
    await act();
  }
  const clientId = guests.shift() ?? '';
  let file: string | null = null;
  return {
    act: noted(
      'leave',
      (after) => hasLeft(after, clientId, file),
      async () => {
        const answer = await wfm.operator('POST', `/clients/${clientId}/export`, { retire: true });
        assert.equal(answer.status, 200, answer.text);
        file = answer.text;
      },
    ),
  };
}

async function approval(wfm: Running): Promise<Ready | null> {
  const [client] = waiting.splice(Math.floor(random() * waiting.length), 1);
  if (client === undefined) return null;
  const request = `/enrollments/${client.certificate.sha256}`;
  const hasHappened: Sent['hasHappened'] = async (after) => {
    const { state } = (await after.operator('GET', request)).body;
    assert.ok(state === 'pending' || state === 'approved', String(state));
    return state === 'approved';
  };
  const come = async (): Promise<boolean> => {
    let isIn = false;
    try {
      isIn = keep(client.keyid, await wfm.device(client));
    } finally {
      (isIn ? fleet : waiting).push(client);
    }
    return isIn;
  };
  // Its request is on record; an approval that was cut before may let it in.
  if (await come()) return null;
  return {
    act: noted('approve', hasHappened, async () => {
      assert.equal((await wfm.operator('POST', `${request}/approve`)).status, 200);
    }),
    afterwards: async () => {
      const index = waiting.indexOf(client);
      if (index >= 0 && waiting.splice(index, 1).length > 0) await come();
    },
  };
}

async function rotation(wfm: Running): Promise<Ready | null> {
  const index = Math.floor(random() * fleet.length);
  const old = fleet[index];
  const clientId = old === undefined ? undefined : promised.get(old.keyid);
  if (old === undefined || clientId === undefined) return null;
  // Whether the answer comes or not: by trying again with both keys the device learns which of them counts.
  fleet.splice(index, 1);
  const next = await testClient();
  const rotate = async (at: Running): Promise<void> => {
    const answer = await at.device(next, { second: { by: old, keyid: clientId } });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    assert.equal(answer.body['clientId'], clientId);
    promised.set(next.keyid, clientId);
    promised.delete(old.keyid);
    fleet.push(next);
  };
  let isKnown = false;
  return {
    act: noted(
      'rotate',
      async (after) => {
        if (isKnown) return true;
        const { keyFingerprint } = (await after.operator('GET', `/clients/${clientId}`)).body;
        const key = [next, old].find((one) => keyFingerprint === `sha256:${one.keyid}`);
        assert.ok(key !== undefined, 'the key on file is one of the two');
        // A rotation whose answer was lost is made again, and lands on the same identity.
        await rotate(after);
        return key === next;
      },
      async () => {
        await rotate(wfm);
        isKnown = true;
      },
    ),
  };
}

const steps: Readonly<Record<string, string>> = { none: 'announce', announced: 'switch', switched: 'finish' };
export const trustOf = async (wfm: Running): Promise<Record<string, unknown>> =>
  (await wfm.operator('GET', '/trust')).body;

async function trust(wfm: Running): Promise<Ready> {
  const stage = String((await trustOf(wfm))['stage']);
  return {
    act: noted(
      'trust',
      async (after) => (await trustOf(after))['stage'] !== stage,
      async () => void (await wfm.operator('POST', '/trust/rotate', { step: steps[stage], force: true })),
    ),
  };
}

/** What is cut on purpose. */
export const aimed: Readonly<Record<Kind, Operation>> = {
  approve: approval,
  list,
  'take over': arrival,
  leave: departure,
  rotate: rotation,
  trust,
};
/** What goes on beside. */
export const others: readonly Operation[] = [
  async (wfm) => {
    const client = await testClient();
    return {
      act: async () => {
        waiting.push(client);
        await wfm.device(client);
      },
    };
  },
  async (wfm) => {
    const client = oneOf(fleet);
    const act = async (): Promise<void> => {
      if (client !== undefined)
        assert.ok(keep(client.keyid, await wfm.device(client)), 'a known key is known');
    };
    return { act };
  },
];

/** A list that was sent is there whole or not at all. */
async function isListed(wfm: Running, { items }: List): Promise<boolean> {
  const tried = await wfm.operator('POST', '/preauthorizations', { items, dryRun: true });
  assert.equal(tried.status, 200, tried.text.slice(0, 300));
  const { existing } = tried.body;
  assert.ok(existing === 0 || existing === items.length, `${String(existing)} of ${items.length} are there`);
  return existing !== 0;
}

/** A client is there with all of its devices, or not at all. */
async function isThereWhole(wfm: Running, client: Carried): Promise<boolean> {
  const { status, body } = await wfm.operator('GET', `/clients/${client.clientId}`);
  if (status === 404) return false;
  assert.deepEqual([status, body['labels']], [200, { site: 'north' }]);
  const { items } = (await wfm.operator('GET', `/devices?limit=100&clientId=${client.clientId}`)).body;
  assert.equal((items as unknown[]).length, client.devices, 'a client is there with all of its devices');
  if (!guests.includes(client.clientId) && body['state'] === 'active') guests.push(client.clientId);
  return true;
}

/** Who was to leave is in service, or out of it with a file: the one that was answered. */
async function hasLeft(wfm: Running, clientId: string, file: string | null): Promise<boolean> {
  const { state } = (await wfm.operator('GET', `/clients/${clientId}`)).body;
  if (state === 'active') return false;
  assert.equal(state, 'retired');
  const again = await wfm.operator('POST', `/clients/${clientId}/export`, { retire: true });
  assert.equal(again.status, 200, 'who is out of service has its file');
  assert.equal(again.text, file ?? again.text, 'the same file again');
  return true;
}
