/** Capabilities: in which shape the WFM takes them, and that it does. */
import { fileSigner } from '@muster/pki';
import {
  capabilityRungs,
  type Capabilities,
  isAboutShape,
  parseQuantity,
  renderCapabilities,
  routes,
  type Rung,
} from '@muster/protocol';
import { type Examination, failed, type Finding, MissingGround, passed } from '../report.ts';
import type { Client, Ground } from './ground.ts';
import { sign, type SignedRequest, type Wrong } from './signed.ts';
import { type Answer, tell } from './wire.ts';

export const capabilitiesSource = 'Margo: Device Capabilities';

/** A whole document in the model's words. */
export function offer(deviceId: string, memory = '8Gi'): Capabilities {
  return {
    deviceId,
    vendor: 'Muster',
    modelNumber: 'conformance',
    serialNumber: deviceId,
    hosting: {
      cpuGroups: [{ milliCores: 4000, architecture: 'amd64' }],
      memory: parseQuantity(memory),
      storage: parseQuantity('64Gi'),
      peripherals: [],
      interfaces: [{ type: 'ethernet' }],
      otelCollector: true,
      runtimes: ['oci'],
      deploymentTypes: ['compose'],
    },
    extensions: {},
  };
}

const hasDeviceInPath = (rung: Rung): boolean => rung.profile !== 'rc.1';

/** Where a report of a device goes. */
export function pathOf(clientId: string, deviceId: string, rung: Rung): string {
  return hasDeviceInPath(rung)
    ? routes.deviceCapabilities(clientId, deviceId)
    : routes.capabilities(clientId);
}

/** The request that reports a device of a client. */
export function reportOf(
  ground: Ground,
  client: Pick<Client, 'clientId'>,
  deviceId: string,
  o: { readonly rung?: Rung; readonly memory?: string; readonly document?: unknown } = {},
): SignedRequest & { readonly body: Uint8Array } {
  const rung = o.rung ?? ground.rung;
  const id = rung.clientIdAsDeviceId ? client.clientId : deviceId;
  const document = o.document ?? renderCapabilities(offer(id, o.memory), rung.profile);
  return {
    url: ground.reached.url + pathOf(client.clientId, id, rung),
    method: rung.method,
    body: Buffer.from(JSON.stringify(document)),
  };
}

/** Sends a request that a client has signed, well or not. @throws NoAnswer */
export async function sendBy(
  ground: Ground,
  client: Pick<Client, 'signer'>,
  o: SignedRequest,
  what: string,
  wrong: Wrong = {},
): Promise<Answer> {
  return ground.wire.send(await sign(ground, client, o, wrong), what);
}

export const isDone = ({ status }: Answer): boolean => status === 200 || status === 201 || status === 204;

/** Whether a report was taken. */
export const taken = (answer: Answer): Finding => (isDone(answer) ? passed : failed)(tell(answer));

/** Removes a device (rc.2). @returns the status @throws MissingGround on rc.1, which has no such route */
export async function remove(ground: Ground, client: Client, deviceId: string): Promise<Answer> {
  if (!hasDeviceInPath(ground.rung)) throw new MissingGround('rc.1 has no removal of devices');
  const url = ground.reached.url + routes.deviceCapabilities(client.clientId, deviceId);
  return sendBy(ground, client, { url, method: 'DELETE' }, 'removal of a device');
}

async function accepted(ground: Ground): Promise<Finding> {
  const { client } = ground;
  let first: string | undefined;
  for (const rung of capabilityRungs) {
    const request = reportOf(ground, client, `${ground.mark}-1`, { rung });
    const answer = await sendBy(ground, client, request, `capabilities as ${rung.profile}`);
    if (isDone(answer)) {
      ground.rung = rung;
      const asClient = rung.clientIdAsDeviceId ? ', with the clientId for the id of the device' : '';
      return passed(`${answer.status} to ${rung.method} as ${rung.profile}${asClient}`);
    }
    first ??= `${rung.method} as ${rung.profile}: ${tell(answer)}`;
    if (!isAboutShape(answer.status)) break;
  }
  return failed(`${first}; and none of the other shapes`);
}

async function updated(ground: Ground): Promise<Finding> {
  const request = reportOf(ground, ground.client, `${ground.mark}-1`, { memory: '16Gi' });
  return taken(await sendBy(ground, ground.client, request, 'changed capabilities'));
}

async function removed(ground: Ground): Promise<Finding> {
  const { client } = ground;
  const deviceId = `${ground.mark}-gone`;
  const made = await sendBy(ground, client, reportOf(ground, client, deviceId), 'another device');
  if (!isDone(made)) return failed(`the report: ${tell(made)}`);
  const gone = await remove(ground, client, deviceId);
  if (gone.status !== 204) return failed(`the removal: ${tell(gone)}`);
  const again = await remove(ground, client, deviceId);
  ground.tellsAbsence = again.status === 404;
  return ground.tellsAbsence ? passed('204, then 404') : failed(`the second removal: ${tell(again)}`);
}

/** A request that is right in another way than the usual one. */
async function taking(ground: Ground, memory: string, wrong: Wrong, what: string): Promise<Finding> {
  const request = reportOf(ground, ground.client, `${ground.mark}-1`, { memory });
  return taken(await sendBy(ground, ground.client, request, what, wrong));
}

const security = 'Margo: API Requirements and Security Details';

export const capabilitiesChecks: readonly Examination<Ground>[] = [
  {
    id: 'capabilities.accepted',
    title: 'A signed report is taken in one of the published shapes',
    level: 'must',
    source: `${capabilitiesSource}; ${security}`,
    expected:
      '200 or 201 to rc.2-C, rc.2-B, rc.2-A or rc.1, signed over "@method" "@target-uri" "@authority" "content-digest"',
    nextStep:
      'Compare the answer with the document and the signature; the URL is signed as it was given here.',
    look: accepted,
  },
  {
    id: 'capabilities.updated',
    title: 'A changed report is taken',
    level: 'must',
    source: capabilitiesSource,
    expected: '200 or 201',
    nextStep: 'Replace what was reported before: devices report each change.',
    look: updated,
  },
  {
    id: 'capabilities.removed',
    title: 'A device is removed, and is unknown then',
    level: 'must',
    source: `${capabilitiesSource} (rc.2)`,
    expected: 'DELETE: 204, then 404',
    nextStep: 'Serve DELETE on the path of the device.',
    look: removed,
  },
  {
    id: 'signed.minimum-accepted',
    title: 'A signature over what the standard names is enough',
    level: 'must',
    source: security,
    expected: '200 or 201 to a signature over "@method" "@target-uri" "content-digest"',
    nextStep: 'Ask for these components and no others; take more.',
    look: (ground) =>
      taking(
        ground,
        '5Gi',
        { components: ['@method', '@target-uri', 'content-digest'] },
        'capabilities, fewest components',
      ),
  },
  {
    id: 'signed.any-label-accepted',
    title: 'The label of a signature is free',
    level: 'should',
    source: 'RFC 9421 section 4.1',
    expected: '200 or 201 to a signature with the label "sig"',
    nextStep: 'Take the label from Signature-Input.',
    look: (ground) => taking(ground, '6Gi', { label: 'sig' }, 'capabilities with another label'),
  },
  {
    id: 'signed.rsa-pss-accepted',
    title: 'An RSA key may sign with RSASSA-PSS and SHA-256',
    level: 'must',
    source: security,
    expected: '200 or 201',
    nextStep: 'With an RSA key and no alg, try PKCS#1 v1.5 and PSS.',
    look: async (ground) => {
      const { keys } = ground.client;
      if (keys.publicKey.asymmetricKeyType !== 'rsa') throw new MissingGround('needs --key-type rsa2048');
      const signer = fileSigner(keys, 'memory', 'rsa-pss-sha256');
      return taking(ground, '7Gi', { signer }, 'capabilities by RSASSA-PSS');
    },
  },
];
