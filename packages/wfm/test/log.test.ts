/** What the log of a WFM holds when all of it is written. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { pino } from 'pino';
import { startWfm } from '../src/index.ts';
import { call, onboardingBody, signedHeaders, testClient } from './support/wfm.ts';

it('tells what happens, and no secret: no token, ticket, proof, signature, key or passphrase', async () => {
  const data = await mkdtemp(join(tmpdir(), 'muster-log-'));
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const wfm = await startWfm({
    data,
    deviceListen: '127.0.0.1:0',
    operatorListen: '127.0.0.1:0',
    admission: 'open',
    holdSeconds: 0,
    log,
  });
  const ca = await readFile(wfm.operatorCaFile, 'utf8');
  const token = (await readFile(wfm.operatorTokenFile, 'utf8')).trim();
  const secrets = [token];
  const operator = (path: string, body: object, own = token): ReturnType<typeof call> =>
    call(wfm.operatorUrl, ca, {
      method: 'POST',
      path: `/operator/v1${path}`,
      headers: { authorization: `Bearer ${own}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const { ticket } = (await operator('/tickets', { hours: 1 })).body;
  secrets.push(
    String(ticket),
    String((await operator('/tokens', { name: 't', role: 'viewer' })).body['token']),
  );
  await operator('/tickets', { hours: 'x' });
  await operator('/tickets', { hours: 1 }, 'not-the-token-but-a-secret-all-the-same');
  secrets.push('not-the-token-but-a-secret-all-the-same');
  for (const asked of [{ 'x-muster-ticket': ticket }, { 'x-muster-ticket': 'a-ticket-of-somebody' }]) {
    const client = await testClient();
    const body = onboardingBody(client, undefined, asked);
    const headers = signedHeaders(client, 'POST', `${wfm.deviceUrl}/api/v1/onboarding`, body);
    secrets.push(headers['Signature'] ?? '', 'a-ticket-of-somebody');
    const answer = await call(wfm.deviceUrl, ca, {
      method: 'POST',
      path: '/api/v1/onboarding',
      headers,
      body,
    });
    assert.equal(answer.status, asked['x-muster-ticket'] === ticket ? 201 : 403);
    secrets.push(
      ...Object.entries(answer.headers).flatMap(([n, v]) => (n.includes('continuity') ? [v] : [])),
    );
  }
  secrets.push(
    ...(await readFile(join(data, 'trust/server-key.pem'), 'utf8')).split('\n').filter((l) => l.length > 40),
  );
  await wfm.close();
  await rm(data, { recursive: true, force: true });
  const all = lines.join('');
  assert.match(all, /onboarding/);
  assert.ok(secrets.length > 7);
  for (const secret of secrets) assert.ok(secret.length > 15 && !all.includes(secret), secret.slice(0, 20));
});
