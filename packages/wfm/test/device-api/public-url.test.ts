/** The URL that a device signs is the public one, whatever stands in between. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freePort } from '../support/free-port.ts';
import { onboardingBody, type Rig, signedHeaders, startRig, testClient } from '../support/wfm.ts';

describe('public URLs', () => {
  it('verify what was signed for them, with the prefix kept or cut off by a proxy, and nothing else', async () => {
    const port = await freePort();
    const publicUrls = ['https://wfm.example/margo', 'https://b.example:8443'];
    const rig: Rig = await startRig({ admission: 'open', deviceListen: `127.0.0.1:${port}`, publicUrls });
    try {
      const client = await testClient();
      const body = onboardingBody(client);
      const send = async (path: string, target: string, host = new URL(target).host): Promise<number> => {
        const headers = { ...signedHeaders(client, 'POST', target, body), Host: host };
        return (await rig.send({ base: `https://127.0.0.1:${port}`, method: 'POST', path, headers, body }))
          .status;
      };
      assert.equal(
        await send('/margo/api/v1/onboarding', 'https://wfm.example/margo/api/v1/onboarding'),
        201,
      );
      assert.equal(await send('/api/v1/onboarding', 'https://wfm.example/margo/api/v1/onboarding'), 201);
      assert.equal(await send('/api/v1/onboarding', 'https://b.example:8443/api/v1/onboarding'), 201);
      assert.equal(await send('/api/v1/onboarding', 'https://wfm.example/api/v1/onboarding'), 401);
      assert.equal(
        await send('/api/v1/onboarding', 'https://evil.example/api/v1/onboarding', 'wfm.example'),
        401,
      );
      assert.equal(
        await send('/other/api/v1/onboarding', 'https://wfm.example/other/api/v1/onboarding'),
        404,
      );
      assert.equal(rig.wfm.deviceUrl, publicUrls[0]);
    } finally {
      await rig.stop();
    }
  });
});
