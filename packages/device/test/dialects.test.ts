/** What other implementations put on the wire: each known dialect is joined, or refused by name. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { afterError } from '../src/agent/state.ts';
import { DeviceError, join, report, runAgent, status } from '../src/index.ts';
import { layGround } from './support/ground.ts';
import { answer, isOnboarding, type OtherServers, startOtherServers } from './support/other-servers.ts';

const { fresh } = await layGround('dialects');

describe('a WFM of another maker', () => {
  let others: OtherServers;
  before(async () => {
    others = await startOtherServers();
  });
  after(() => others.close());

  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const forms: Array<[string, (ca: { pem: string; der: Uint8Array }) => string]> = [
    ['the PEM text', (ca) => ca.pem],
    ['base64 of the PEM text', (ca) => base64(ca.pem)],
    ['base64url of the PEM text without padding', (ca) => Buffer.from(ca.pem).toString('base64url')],
    ['base64 of the DER', (ca) => Buffer.from(ca.der).toString('base64')],
  ];
  for (const [form, certificate] of forms)
    it(`gives its CA as ${form}`, async () => {
      const trust = await others.serve(
        (request, response) => answer(response, 201, isOnboarding(request) ? { clientId: 'c-1' } : {}),
        '',
        { certificate },
      );
      assert.equal((await join({ stateDirectory: fresh(), trust })).clientId, 'c-1');
    });

  for (const [name, status, body] of [
    ['201 only, with an id of its own making', 201, { clientId: 'client-f10ec980a73cbc76-1781705938' }],
    ['200 and client_id', 200, { client_id: 'c-2' }],
  ] as const)
    it(`answers the onboarding with ${name}`, async () => {
      const trust = await others.serve((request, response) =>
        isOnboarding(request) ? answer(response, status, body) : answer(response, 201),
      );
      const joined = await join({ stateDirectory: fresh(), trust });
      assert.equal(joined.clientId, Object.values(body)[0]);
    });

  it('answers 409 to a second onboarding: a stored id is not asked for again, a lost one is named', async () => {
    let isKnown = false;
    const trust = await others.serve((request, response) => {
      if (!isOnboarding(request)) return answer(response, 201);
      if (isKnown) return answer(response, 409, { Error: 'Device signature already exists' });
      isKnown = true;
      return answer(response, 201, { clientId: 'c-3' });
    });
    const stateDirectory = fresh();
    await join({ stateDirectory, trust });
    assert.equal((await join({ stateDirectory, trust })).clientId, 'c-3');
    await assert.rejects(
      join({ stateDirectory: fresh(), trust }),
      (e) =>
        e instanceof DeviceError &&
        e.code === 'refused' &&
        /onboarded this certificate before/.test(e.message) &&
        /Device signature already exists/.test(e.seen ?? ''),
    );
  });

  it('gets what its verifier rebuilds: created before keyid and nothing else, no alg, lower-case components, r and s', async () => {
    const seen: Array<Record<string, unknown>> = [];
    const trust = await others.serve((request, response) => {
      seen.push(request.headers);
      return answer(response, 201, isOnboarding(request) ? { clientId: 'c-4' } : {});
    });
    const stateDirectory = fresh();
    await join({ stateDirectory, trust });
    const key = (await status({ stateDirectory })).keyFingerprint?.slice('sha256:'.length) ?? '';
    assert.ok(seen.length >= 2);
    for (const headers of seen) {
      assert.match(
        String(headers['signature-input']),
        new RegExp(
          `^sig1=\\("@method" "@target-uri" "@authority" "content-digest"\\);created=\\d+;keyid="${key}"$`,
        ),
      );
      const bytes = /^sig1=:(.*):$/.exec(String(headers['signature']))?.[1] ?? '';
      assert.equal(Buffer.from(bytes, 'base64').length, 64);
      assert.equal(headers['muster-continuity'], undefined, 'nothing of ours to who has not sent it');
    }
  });

  it('wants the clientId for the device id, below /v1alpha2/margo, with 400 and {"Error"} without content type', async () => {
    const prefix = '/v1alpha2/margo';
    const trust = await others.serve((request, response) => {
      const { properties } = JSON.parse(request.body) as { properties?: { id: string } };
      if (isOnboarding(request)) return answer(response, 201, { clientId: 'client-5' });
      if (request.method !== 'POST' || request.url !== `${prefix}/api/v1/clients/client-5/capabilities`)
        return answer(response, 404, { Error: 'no route' });
      return properties?.id === 'client-5'
        ? answer(response, 201)
        : answer(response, 400, { Error: 'device ID mismatch' });
    }, prefix);
    const stateDirectory = fresh();
    assert.equal((await join({ stateDirectory, trust })).profile, 'rc.1');
    assert.equal((await report({ stateDirectory })).status, 201);
  });

  it('says 400 for a bad signature: its own words are shown', async () => {
    const trust = await others.serve((request, response) =>
      isOnboarding(request)
        ? answer(response, 201, { clientId: 'c-6' })
        : answer(response, 400, { Error: 'missing signature headers' }),
    );
    await assert.rejects(
      join({ stateDirectory: fresh(), trust }),
      (e) =>
        e instanceof DeviceError && e.code === 'refused' && /missing signature headers/.test(e.seen ?? ''),
    );
  });

  it('forgets a client with a bare 400, 401 or 404: no second identity is asked for', async () => {
    for (const status of [400, 401, 404]) {
      let [asked, isForgotten] = [0, false];
      const trust = await others.serve((request, response) => {
        if (isOnboarding(request)) {
          asked++;
          return answer(response, 201, { clientId: `c-${asked}` });
        }
        return isForgotten ? answer(response, status, { Error: 'unknown client' }) : answer(response, 201);
      });
      const stateDirectory = fresh();
      await join({ stateDirectory, trust });
      isForgotten = true;
      await assert.rejects(
        report({ stateDirectory }),
        (e) => e instanceof DeviceError && e.code === 'refused',
      );
      assert.equal(asked, 1, `after ${status}`);
    }
  });

  it('that speaks TLS 1.2 only is refused by name', async () => {
    const trust = await others.serve((_request, response) => answer(response, 500), '', {
      tls: { maxVersion: 'TLSv1.2', minVersion: 'TLSv1.2' },
    });
    await assert.rejects(
      join({ stateDirectory: fresh(), trust }),
      (e) => e instanceof DeviceError && e.code === 'trust' && /TLS 1\.3/.test(e.message),
    );
  });

  it('answers 5xx for a day: hundreds of tries, not thousands, and the first good answer counts', async () => {
    const times = { pollSeconds: 60, heartbeatSeconds: 600, slowRetrySeconds: 3600 };
    const broken = new DeviceError('unreachable', 'm', { nextStep: 'n' });
    let [seconds, tries] = [0, 0];
    while (seconds < 86_400) seconds += afterError(broken, tries++, times, (tries % 10) / 10).retryAfter;
    assert.ok(tries > 100 && tries < 1_000, `${tries} tries`);

    let failing = 3;
    const trust = await others.serve((request, response) => {
      if (isOnboarding(request)) return answer(response, 201, { clientId: 'c-7' });
      return failing-- > 0 ? answer(response, 503, { Error: 'busy' }) : answer(response, 201);
    });
    const stateDirectory = fresh();
    await assert.rejects(
      join({ stateDirectory, trust }),
      (e) => e instanceof DeviceError && e.code === 'unreachable',
    );
    const controller = new AbortController();
    const states: string[] = [];
    await runAgent({
      stateDirectory,
      spreadSeconds: 0,
      signal: controller.signal,
      onEvent: (e) => {
        if (e.event === 'state') states.push(e.state);
        if (e.event === 'reported') controller.abort();
      },
    });
    assert.ok(states.includes('unreachable'), states.join());
    assert.equal((await status({ stateDirectory })).clientId, 'c-7');
  });
});
