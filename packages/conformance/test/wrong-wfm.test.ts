/** Every check of a WFM can fail: each of these servers is wrong in one way, and nothing else is held against it. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { before, describe, it } from 'node:test';
import { createRootCa, generateKeyPair } from '@muster/pki';
import type { Wfm } from '@muster/wfm';
import { wfmChecks } from '../src/wfm/run.ts';
import type { WfmTarget } from '../src/wfm/ground.ts';
import { answer, type Bend, type Came, type Given, startBent } from './support/bent.ts';
import { check, own } from './support/wfm.ts';

interface Wrong {
  /** The checks that fail, and no other. */
  readonly fails: readonly string[];
  readonly bend: Bend;
  readonly keyType?: WfmTarget['keyType'];
}

const certificateIn = (came: Came): X509Certificate | undefined => {
  try {
    const { certificate } = JSON.parse(came.body) as { certificate: string };
    return new X509Certificate(Buffer.from(certificate, 'base64'));
  } catch {
    return undefined;
  }
};
/** Whether it is about the client with this number. */
const isClient = (came: Came, number: number): boolean =>
  certificateIn(came)?.subject.endsWith(`-${number}`) === true;
const isCertificateApi = (came: Came): boolean => came.path.endsWith('/onboarding/certificate');
const isAbout = (came: Came, name: string): boolean => came.path.endsWith(`-${name}`);
const has = (came: Came, text: string): boolean => came.body.includes(text);

/** What the first client of the one run that asks for it was answered. */
let firstId: (body: string) => void = () => undefined;
const theFirst = new Promise<string>((resolve) => (firstId = resolve));

const taken = answer(201, { clientId: 'made-up' });

/** Bends by how often the first client has come. */
function again(bend: (nth: number) => Given | undefined): Bend {
  let times = 0;
  return (came) => (isClient(came, 1) ? bend(++times) : undefined);
}

const onboarding: Record<string, Wrong> = {
  'has no Certificate API': {
    fails: ['certificate.unsigned-get'],
    bend: (came) => (isCertificateApi(came) ? answer(404) : undefined),
  },
  'hands out a certificate that nobody can read': {
    fails: ['certificate.readable'],
    bend: (came) => (isCertificateApi(came) ? answer(200, { certificate: 'bm90aGluZw==' }) : undefined),
  },
  'hands out another CA': {
    fails: ['certificate.is-the-anchor'],
    bend: async (came) => {
      if (!isCertificateApi(came)) return undefined;
      const keys = await generateKeyPair('p256');
      const notBefore = new Date(Date.now() - 3_600_000);
      const { pem } = await createRootCa({ keys, commonName: 'another', notBefore, days: 2 });
      return answer(200, { certificate: Buffer.from(pem).toString('base64') });
    },
  },
  'gives clientIds that are no part of a URL': {
    fails: ['onboarding.accepted'],
    bend: async (came, real) =>
      came.isOnboarding && (await real()).status === 201 ? answer(201, { clientId: 'a/b' }) : undefined,
  },
  'answers 200': {
    fails: ['onboarding.status-201'],
    bend: async (came, real) =>
      came.isOnboarding && (await real()).status === 201 ? { ...(await real()), status: 200 } : undefined,
  },
  'knows P-256 only': {
    fails: ['onboarding.other-key-kind'],
    bend: (came) =>
      came.isOnboarding && certificateIn(came)?.publicKey.asymmetricKeyDetails?.namedCurve === 'secp384r1'
        ? answer(400)
        : undefined,
  },
  'gives two keys one clientId': {
    fails: ['onboarding.unique-client'],
    bend: async (came, real) => {
      if (isClient(came, 1)) firstId((await real()).body);
      if (!isClient(came, 2)) return undefined;
      await real();
      return answer(201, await theFirst);
    },
  },
  'gives each key that comes again another clientId': {
    fails: ['onboarding.same-key-same-client', 'onboarding.renewed-certificate'],
    bend: again((nth) => (nth > 1 ? taken : undefined)),
  },
  'says 409 to a renewed certificate': {
    fails: ['onboarding.renewed-certificate'],
    bend: again((nth) => (nth > 2 ? answer(409) : undefined)),
  },
  'lets in who has not signed': {
    fails: ['onboarding.unsigned-refused'],
    bend: (came) => (came.isOnboarding && came.input === '' ? taken : undefined),
  },
  'lets who has not signed wait for an operator': {
    fails: ['onboarding.unsigned-refused'],
    bend: (came) =>
      came.isOnboarding && came.input === ''
        ? answer(403, { error: 'wait' }, { 'retry-after': '5' })
        : undefined,
  },
  'does not prove that the key is the own one': {
    fails: ['onboarding.foreign-key-refused'],
    bend: async (came, real) =>
      came.isOnboarding && came.input !== '' && (await real()).status === 401 ? taken : undefined,
  },
  'does not look at the digest of an onboarding': {
    fails: ['onboarding.changed-body-refused'],
    bend: async (came, real) =>
      came.isOnboarding && (await real()).body.includes('invalid-digest-header') ? taken : undefined,
  },
  'says no reason in words only': {
    fails: ['answers.onboarding-error-body', 'answers.error-body'],
    bend: async (came, real) =>
      came.isOnboarding && (await real()).status === 400
        ? { status: 400, headers: { 'content-type': 'text/plain' }, body: 'no' }
        : undefined,
  },
};

const reports: Record<string, Wrong> = {
  'takes no capabilities': {
    fails: ['capabilities.accepted'],
    bend: (came) => (came.isReport ? answer(422) : undefined),
  },
  'takes no change': {
    fails: ['capabilities.updated'],
    bend: (came) => (has(came, '"16Gi"') ? answer(409) : undefined),
  },
  'removes nothing': {
    fails: ['capabilities.removed'],
    bend: (came) => (came.method === 'DELETE' ? answer(405) : undefined),
  },
  'removes what it has not': {
    fails: ['capabilities.removed'],
    bend: (came) => (came.method === 'DELETE' ? answer(204, '') : undefined),
  },
  'wants more covered than the standard': {
    fails: ['signed.minimum-accepted'],
    bend: (came) => (has(came, '"5Gi"') ? answer(401) : undefined),
  },
  'wants one label': {
    fails: ['signed.any-label-accepted'],
    bend: (came) => (came.input.startsWith('sig=') ? answer(401) : undefined),
  },
  'knows no PSS': {
    fails: ['signed.rsa-pss-accepted'],
    keyType: 'rsa2048',
    bend: (came) => (has(came, '"7Gi"') ? answer(401) : undefined),
  },
  'keeps what it refuses': {
    fails: ['signed.unsigned-refused'],
    bend: (came) => (came.method === 'DELETE' && isAbout(came, 'unsigned') ? answer(204, '') : undefined),
  },
  'lets replays bring back what was removed': {
    fails: ['signed.replay-refused'],
    bend: (came) => {
      if (!isAbout(came, 'replayed') || came.nth < 2) return undefined;
      return came.method === 'DELETE' ? answer(204, '') : answer(201, {});
    },
  },
  'fails over a replay': {
    fails: ['answers.no-server-error'],
    bend: (came) => (isAbout(came, 'replayed') && came.isReport && came.nth > 1 ? answer(500) : undefined),
  },
  'holds forgeries against the client': {
    fails: ['signed.still-accepted'],
    bend: (came) => (has(came, '"4Gi"') ? answer(403) : undefined),
  },
  'hangs up after a wrong document': {
    fails: ['capabilities.connection-survives'],
    bend: (came) => {
      // The first comes, and is answered; the next finds nobody.
      if (has(came, '"2Gi"')) came.hangUp();
      return undefined;
    },
  },
  'refuses a report without a body': {
    fails: ['answers.error-body'],
    bend: async (came, real) =>
      came.isReport && (await real()).status === 401 ? { status: 401, body: '' } : undefined,
  },
};

const bodies: Record<string, Wrong> = {
  'lets in what is no certificate': {
    fails: ['onboarding.wrong-certificate-refused'],
    bend: (came) => (has(came, Buffer.from('no certificate').toString('base64')) ? taken : undefined),
  },
  'fails over half a certificate': {
    fails: ['onboarding.damaged-certificate-refused', 'answers.no-server-error'],
    bend: async (came, real) => {
      const half = /"certificate":"LS0t.{200,400}"/.test(came.body);
      return came.isOnboarding && half && (await real()).status === 400 ? answer(500) : undefined;
    },
  },
  'fails over what is no JSON': {
    fails: ['onboarding.not-json-refused', 'answers.no-server-error'],
    bend: (came) => (came.body.startsWith('{"kind": O') ? answer(500) : undefined),
  },
  'lets in any JSON': {
    fails: ['onboarding.other-json-refused'],
    bend: (came) => (came.body.startsWith('[7') ? taken : undefined),
  },
  'hangs up on an empty body': {
    fails: ['onboarding.empty-refused'],
    bend: (came) => {
      if (came.isOnboarding && came.body === '') came.hangUp();
      return undefined;
    },
  },
  'lets in a huge body': {
    fails: ['onboarding.huge-refused'],
    bend: (came) => (came.body.length > 1_000_000 ? taken : undefined),
  },
};

const documents: Record<string, Wrong> = {
  'takes another kind': {
    fails: ['capabilities.kind-named'],
    bend: (came) => (has(came, '"DeviceCapabilities"') && has(came, '"8Gi"') ? answer(200, {}) : undefined),
  },
  'takes no properties': {
    fails: ['capabilities.properties-named'],
    bend: (came) => (came.isReport && !has(came, '"properties"') ? answer(200, {}) : undefined),
  },
  'misses nothing': {
    fails: ['capabilities.required-field-named'],
    bend: (came) =>
      came.isReport && !has(came, '"serialNumber"') && has(came, '"properties"')
        ? answer(200, {})
        : undefined,
  },
  'takes a number for a text': {
    fails: ['capabilities.field-type-named'],
    bend: (came) => (has(came, '"vendor":7') ? answer(200, {}) : undefined),
  },
  'takes pigeons': {
    fails: ['capabilities.enumeration-named'],
    bend: (came) => (has(came, 'carrier-pigeon') ? answer(200, {}) : undefined),
  },
  'refuses bushels without a word': {
    fails: ['capabilities.quantity-named'],
    bend: (came) => (has(came, 'bushels') ? answer(422) : undefined),
  },
};

/** Each is about a request of its own, so one run shows them all. */
function together(wrongs: Record<string, Wrong>): Wrong {
  const all = Object.values(wrongs);
  return {
    fails: wfmChecks.map(({ id }) => id).filter((id) => all.some(({ fails }) => fails.includes(id))),
    bend: async (came, real) => {
      for (const { bend } of all) {
        const given = await bend(came, real);
        if (given !== undefined) return given;
      }
      return undefined;
    },
  };
}
const groups: Record<string, Wrong> = {
  'takes any body of an onboarding, or fails over it': together(bodies),
  'takes any document of capabilities': together(documents),
};

/** Told apart by the device that each is about; all in one run, so that none is held against another. */
const forged = wfmChecks.flatMap(({ id }) => {
  const name = /^signed\.(.+)-refused$/.exec(id)?.[1];
  return name === undefined || name === 'replay' ? [] : [{ id, name }];
});
const forgeries: Record<string, Wrong> = {
  'takes what is forged, in whatever way': {
    fails: forged.map(({ id }) => id),
    bend: (came) =>
      came.isReport && forged.some(({ name }) => isAbout(came, name)) ? answer(200, {}) : undefined,
  },
};

let wfm: Wfm;
before(async () => {
  wfm = await own({ admission: 'open' });
});

async function failuresOf({ bend, keyType = 'p256' }: Wrong): Promise<string[]> {
  const bent = await startBent(wfm, bend);
  try {
    const { outcomes } = await check(wfm, { urls: [bent.url], keyType });
    return outcomes.filter((o) => o.result === 'fail').map((o) => o.check.id);
  } finally {
    bent.close();
  }
}

describe('a WFM that', { concurrency: 8 }, () => {
  for (const [name, wrong] of Object.entries({ ...onboarding, ...reports, ...groups, ...forgeries }))
    it(name, async () => {
      assert.deepEqual(await failuresOf(wrong), wrong.fails);
    });
});
