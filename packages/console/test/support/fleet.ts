/** A fleet that reports to the WFM of a rig, with signed requests. */
import assert from 'node:assert/strict';
import { capabilities, onboard, signedSend, testClient } from '../../../wfm/test/support/wfm.ts';
import type { ConsoleRig } from './rig.ts';

export interface Reporting {
  readonly clientId: string;
  /** Reports a device of this client. @param change of what a plain device offers */
  report(deviceId: string, change?: Record<string, unknown>): Promise<void>;
  /** Reports it with these words. */
  send(deviceId: string, body: string): Promise<void>;
}

/** Lets a client in. @param commonName in the subject of its certificate */
export async function reportingClient(rig: ConsoleRig, commonName: string): Promise<Reporting> {
  const client = await testClient({ commonName });
  await onboard(rig.wfm, client);
  const waiting = await rig.wfm.operator('GET', '/enrollments?state=pending');
  for (const { enrollmentId } of waiting.body['items'] as { enrollmentId: string }[])
    await rig.wfm.operator('POST', `/enrollments/${enrollmentId}/approve`);
  const clientId = String((await onboard(rig.wfm, client)).body['clientId']);
  const send = async (deviceId: string, body: string): Promise<void> => {
    const path = `/api/v1/clients/${clientId}/capabilities/${deviceId}`;
    const answer = await signedSend(rig.wfm, client, 'PUT', path, body);
    assert.ok(answer.status < 300, answer.text);
  };
  return { clientId, send, report: (deviceId, change) => send(deviceId, capabilities(deviceId, change)) };
}
