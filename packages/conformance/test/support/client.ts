/** A small client over real TLS that does all as it should, but for the one thing that it is told to do wrong. */
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeCertificates, fileSigner, generateKeyPair, type KeyPair, spkiSha256 } from '@muster/pki';
import { contentDigest, type SignatureAlgorithm, signMessage } from '@muster/signatures';
import type { Ready } from '../../src/device/client.ts';
import { type Identity, identityOf } from './identities.ts';

/** What goes on the wire, before it is signed and after. */
export interface Draft {
  readonly about: 'onboarding' | 'report' | 'manifest';
  method: string;
  path: string;
  body: string;
  components: string[];
  parameters: Array<readonly ['created' | 'keyid' | 'alg', string | number]>;
  contentType: string;
  /** Of a body; not that of these bytes where it is to be wrong. */
  digest: string;
  keys: KeyPair;
  isSigned: boolean;
  label: string;
  /** By the key, unless said otherwise. */
  algorithm: SignatureAlgorithm | undefined;
}

/** One way to be wrong, or to be right in another way. */
export interface Fault {
  /** Makes the key and certificate instead of the usual ones. */
  readonly identity?: () => Promise<Identity>;
  /** Changes the onboarding document. */
  readonly document?: (document: Record<string, unknown>, keys: KeyPair) => void;
  /** Changes the capability document. */
  readonly capabilities?: (document: Capabilities) => void;
  /** Changes a request before it is signed. */
  readonly draft?: (draft: Draft) => void | Promise<void>;
  /** Changes the fields as they go out. */
  readonly fields?: (fields: Record<string, string>, draft: Draft) => void | Promise<void>;
  readonly tls?: RequestOptions;
  readonly newKeyAfterLostReply?: boolean;
  /** Waits so long, in seconds, whatever Retry-After says. */
  readonly ownWait?: number;
  /** Takes such an answer for a yes; of a reply that was lost, null. */
  readonly believes?: (status: number | null) => boolean;
  /** Takes another clientId than the one that it is given again. */
  readonly forgets?: boolean;
  /** Done before anything else. */
  readonly before?: (ready: Ready, signal: AbortSignal) => Promise<unknown>;
  readonly neverReports?: boolean;
  readonly polls?: boolean;
}

export interface Capabilities {
  apiVersion: string;
  properties: Record<string, unknown>;
}

interface Answered {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: number | undefined;
}

const usualIdentity = async (): Promise<Identity> => identityOf(await generateKeyPair('p256'));

/** What the client reports. */
export const capabilitiesOf = (): Capabilities & { kind: string } => ({
  apiVersion: 'device.margo.org/v1alpha1',
  kind: 'DeviceCapabilitiesManifest',
  properties: {
    id: 'cell-7',
    vendor: 'Halden Robotics',
    modelNumber: 'HR-1',
    serialNumber: '0007',
    cpus: [{ cores: 2, architecture: 'amd64' }],
    memory: '4Gi',
    storage: '32Gi',
    peripherals: [],
    interfaces: [{ type: 'ethernet' }],
    otelCollector: true,
    supportedRuntimes: ['oci'],
    supportedDeploymentTypes: ['compose'],
  },
});

/** Between two looks of the client, in seconds. */
const pause = 0.1;

export class SmallClient {
  readonly #ready: Ready;
  readonly #fault: Fault;
  readonly #signal: AbortSignal;
  #identity = usualIdentity();
  /** How often it was given a clientId. */
  #given = 0;

  constructor(ready: Ready, fault: Fault, signal: AbortSignal) {
    this.#ready = ready;
    this.#fault = fault;
    this.#signal = signal;
    if (fault.identity !== undefined) this.#identity = fault.identity();
  }

  /** Onboards, reports, and reports again until it is stopped. */
  async run(): Promise<void> {
    let clientId: string | null = null;
    await this.#fault.before?.(this.#ready, this.#signal);
    while (!this.#signal.aborted) {
      clientId ??= await this.#onboard();
      if (this.#fault.polls === true)
        await this.#send('manifest', 'GET', `/clients/${clientId}/deployments`).catch(() => undefined);
      if (this.#fault.neverReports !== true) {
        const document = capabilitiesOf();
        this.#fault.capabilities?.(document);
        const path = `/clients/${clientId}/capabilities/cell-7`;
        const answered = await this.#send('report', 'PUT', path, JSON.stringify(document)).catch(() => null);
        if (answered?.status === 404) clientId = null;
      }
      await this.#pause((this.#fault.ownWait ?? pause) * 1000);
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#signal }).catch(() => undefined);
  }

  async #onboard(): Promise<string> {
    while (!this.#signal.aborted) {
      const { keys, certificate } = await this.#identity;
      const document: Record<string, unknown> = {
        apiVersion: 'onboarding.margo.org/v1alpha1',
        kind: 'OnboardingRequest',
        certificate: encodeCertificates([certificate], 'base64-pem'),
      };
      this.#fault.document?.(document, keys);
      const answered = await this.#send('onboarding', 'POST', '/onboarding', JSON.stringify(document)).catch(
        () => null,
      );
      if (answered === null && this.#fault.newKeyAfterLostReply === true) this.#identity = usualIdentity();
      const given =
        answered?.status === 201 ? (JSON.parse(answered.body) as { clientId: string }).clientId : null;
      if (given !== null) {
        this.#given++;
        return this.#fault.forgets === true && this.#given > 1 ? 'another' : given;
      }
      if (this.#fault.believes?.(answered?.status ?? null) === true) return 'undefined';
      const seconds = this.#fault.ownWait ?? answered?.retryAfter ?? pause;
      await this.#pause(seconds * 1000);
    }
    return '';
  }

  async #send(about: Draft['about'], method: string, route: string, body = ''): Promise<Answered> {
    const url = new URL(this.#ready.url);
    const { keys } = await this.#identity;
    const draft: Draft = {
      about,
      method,
      path: `${url.pathname === '/' ? '' : url.pathname}/api/v1${route}`,
      body,
      components: ['@method', '@target-uri', '@authority', ...(body === '' ? [] : ['content-digest'])],
      parameters: [
        ['created', Math.floor(Date.now() / 1000)],
        ['keyid', spkiSha256(keys.publicKey)],
      ],
      contentType: 'application/json',
      digest: contentDigest(Buffer.from(body)),
      keys,
      isSigned: true,
      label: 'sig1',
      algorithm: undefined,
    };
    await this.#fault.draft?.(draft);
    const fields: Record<string, string> = { host: url.host };
    if (draft.body !== '') {
      fields['content-type'] = draft.contentType;
      fields['content-digest'] = draft.digest;
      fields['content-length'] = String(Buffer.byteLength(draft.body));
    }
    if (draft.isSigned) {
      const { signature, signatureInput } = await signMessage(
        {
          kind: 'request',
          method: draft.method,
          targetUri: url.origin + draft.path,
          fields: Object.entries(fields).flat(),
        },
        {
          key: fileSigner(draft.keys, 'memory', draft.algorithm),
          label: draft.label,
          components: draft.components,
          parameters: draft.parameters,
        },
      );
      Object.assign(fields, { signature, 'signature-input': signatureInput });
    }
    await this.#fault.fields?.(fields, draft);
    return this.#exchange(url, draft, fields);
  }

  #exchange(url: URL, draft: Draft, headers: Record<string, string>): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const outgoing = httpsRequest(
        {
          host: url.hostname,
          port: url.port,
          method: draft.method,
          path: draft.path,
          headers,
          agent: false,
          ca: this.#ready.ca,
          signal: this.#signal,
          ...this.#fault.tls,
        },
        (incoming) => {
          let body = '';
          incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const after = incoming.headers['retry-after'];
            const retryAfter = after === undefined ? undefined : Number(after);
            resolve({ status: incoming.statusCode ?? 0, body, retryAfter });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(draft.body === '' ? undefined : draft.body);
    });
  }
}
