/** Every state of the daemon's machine, as `muster device status` tells it to people and to scripts. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type AgentOptions, join, parseWindow, prepareIdentity } from '@muster/device';
import { currentBinding, saveBinding } from '../../device/src/binding/binding.ts';
import { layGround, runDaemon, until } from '../../device/test/support/ground.ts';
import {
  answer,
  isOnboarding,
  type OtherServers,
  type Served,
  startOtherServers,
} from '../../device/test/support/other-servers.ts';
import { run } from './support.ts';

const ground = await layGround('status');

describe('the state of a daemon', () => {
  let servers: OtherServers;
  let served: Served;
  const good = { status: 201, body: {}, headers: {} };
  let [reply, onboarding] = [good, good];
  /** Lets go of an onboarding request that is held. */
  let release: (() => void) | null = null;
  let isHeld = false;
  before(async () => {
    servers = await startOtherServers();
    served = await servers.serve((request, response) => {
      const { status, body, headers } = isOnboarding(request) ? onboarding : reply;
      const send = (): void => answer(response, status, { clientId: 'device-1', ...body }, headers);
      if (isOnboarding(request) && isHeld) release = send;
      else send();
    });
  });
  after(() => servers.close());

  const refusing = (type: string, status = 403) => ({
    ...good,
    status,
    body: { type: `urn:margo:problem:${type}` },
  });

  /** Brings a daemon into a state, and looks what the command says of it. */
  async function seen(
    state: string,
    bring: (stateDirectory: string) => Partial<AgentOptions> | Promise<Partial<AgentOptions>>,
  ): Promise<{ human: string; daemon: Record<string, unknown> }> {
    const stateDirectory = ground.fresh();
    [reply, onboarding, isHeld] = [good, good, false];
    if (state !== 'unbound') await join({ stateDirectory, trust: served });
    const daemon = runDaemon(stateDirectory, { slowRetrySeconds: 60, ...(await bring(stateDirectory)) });
    const ask = (...more: string[]): ReturnType<typeof run> =>
      run(ground.root, {}, 'device', 'status', '--state', stateDirectory, ...more);
    let told: Record<string, unknown> = {};
    await until(async () => {
      const { code, json } = await ask('--json');
      assert.equal(code, 0);
      told = (json['daemon'] ?? {}) as Record<string, unknown>;
      return told['state'] === state;
    });
    const { stdout: human } = await ask();
    release?.();
    release = null;
    await daemon.stop();
    return { human, daemon: told };
  }

  const lost = (): void => {
    reply = refusing('invalid-client', 404);
  };
  const cases: Array<[string, Parameters<typeof seen>[1], { why?: RegExp; next?: RegExp; tries?: true }]> = [
    ['unbound', () => ({}), { why: /has not joined/, next: /^muster device join/, tries: true }],
    ['starting', () => ({ spreadSeconds: 1e9, uptime: () => 1 }), {}],
    [
      'onboarding',
      async (stateDirectory) => {
        lost();
        isHeld = true;
        const binding = await currentBinding(stateDirectory);
        assert.ok(binding !== null);
        await saveBinding(stateDirectory, { ...binding, clientId: null });
        return {};
      },
      {},
    ],
    [
      'pending',
      () => {
        lost();
        onboarding = { ...good, status: 403, headers: { 'retry-after': '600' } };
        return {};
      },
      { why: /the words are: \w+/, next: /^muster clients approve [0-9a-f]{16}$/, tries: true },
    ],
    ['active', () => ({}), {}],
    [
      'blocked',
      () => {
        reply = refusing('client-blocked');
        return {};
      },
      { why: /refused/, next: /operator/, tries: true },
    ],
    [
      'retired',
      () => {
        reply = refusing('client-retired');
        return {};
      },
      { why: /refused/, next: /operator/, tries: true },
    ],
    [
      'refused',
      () => {
        reply = refusing('forbidden');
        return {};
      },
      { why: /refused/, next: /operator/, tries: true },
    ],
    [
      'untrusted',
      async (stateDirectory) => {
        const binding = await currentBinding(stateDirectory);
        assert.ok(binding !== null);
        const { certificate } = await prepareIdentity({ stateDirectory: ground.fresh() });
        await saveBinding(stateDirectory, { ...binding, anchors: { kind: 'ca', pem: [certificate.pem] } });
        return {};
      },
      { why: /not issued by the CA/, next: /join-string/, tries: true },
    ],
    [
      'unreachable',
      () => {
        reply = { ...good, status: 503, headers: { 'retry-after': '600' } };
        return {};
      },
      { why: /Seen: 503/, next: /Try again later/, tries: true },
    ],
    ['downtime', () => ({ downtime: [parseWindow('00:00-00:00')] }), { tries: true }],
    [
      'failed',
      async () => {
        const capabilitiesFile = joinPath(ground.root, 'wrong.yaml');
        await writeFile(capabilitiesFile, 'colour: red\n');
        return { capabilitiesFile };
      },
      { why: /colour is not known/, next: /Correct/, tries: true },
    ],
  ];
  for (const [state, bring, { why, next, tries }] of cases) {
    it(`${state} is told to people and to scripts`, async () => {
      const { human, daemon } = await seen(state, bring);
      const of = (key: string): string => new RegExp(`^ *${key} +(.*)$`, 'm').exec(human)?.[1] ?? '';
      assert.match(of('daemon'), new RegExp(`^${state} since 20\\d\\d-`));
      assert.match(String(daemon['since']), /^20/);
      if (why !== undefined) {
        assert.match(of('because'), why);
        assert.match(String(daemon['detail']), why);
      } else assert.equal(daemon['detail'], null);
      if (next !== undefined) {
        assert.match(of('next step'), next);
        assert.match(String(daemon['nextStep']), next);
      }
      assert.equal(/^20\d\d-/.test(of('next try')), tries === true, human);
      assert.equal(typeof daemon['nextTryAt'] === 'string', tries === true);
    });
  }

  it('is none when no daemon runs', async () => {
    const { stdout } = await run(ground.root, {}, 'device', 'status', '--state', ground.fresh());
    assert.match(stdout, /^daemon +does not run$/m);
    assert.match(stdout, /^binding +unbound$/m);
  });
});
