/** The listener that devices reach. Operators are on another one. */
import type { AddressInfo } from 'node:net';
import type { Certificate } from '@muster/pki';
import type { Logger } from 'pino';
import type { AdmissionMode } from '../admission/decide.ts';
import type { PolicyCache } from '../admission/policy.ts';
import type { Refusal } from '../audit/refusals.ts';
import type { AdmissionAsker } from '../webhooks/ask.ts';
import { KeyCache } from '../authenticate/key-cache.ts';
import type { DeviceApi } from '../device-api/context.ts';
import { registerDeviceRoutes } from '../device-api/routes.ts';
import type { DecisionSignal } from '../fleet/decision-signal.ts';
import type { Store } from '../store/ports.ts';
import type { TlsMaterial } from '../trust/material.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { possibleConnections } from './open-files.ts';
import { type Load, LoadGuard } from './overload.ts';
import { createApplication } from './server.ts';
import { publicOrigin } from './target.ts';

interface DeviceListenerOptions {
  readonly store: Store;
  readonly listen: { readonly host: string; readonly port: number };
  /** https origins with an optional path prefix; none means https and the Host header. */
  readonly publicUrls: readonly string[];
  readonly trustedProxies: readonly string[];
  /** null: plain HTTP behind a proxy that terminates TLS. */
  readonly tls: TlsMaterial | null;
  readonly caCertificates: () => readonly Certificate[];
  readonly certificateForm: 'base64-pem' | 'base64-der';
  readonly admission: AdmissionMode;
  readonly policy: PolicyCache;
  readonly asker: AdmissionAsker;
  readonly continuityKey: Uint8Array;
  readonly continuitySeconds: number;
  readonly rotationOverlapSeconds: number;
  readonly holdSeconds: number;
  readonly retryAfterSeconds: number;
  readonly signatureWindow: { readonly maxAgeSeconds: number; readonly maxSkewSeconds: number };
  readonly limits?: Partial<Limits>;
  readonly log: Logger;
  readonly refused: (refusal: Refusal) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly decisions: DecisionSignal;
}

interface DeviceListener {
  readonly port: number;
  load(): Promise<Load>;
  close(): Promise<void>;
}

const flushMilliseconds = 5_000;
/**
 * Connections that wait to be accepted. The loop accepts one in each turn, so this is where a plant that comes at once waits, first
 * come, first served; what goes beyond it, TCP tries again by itself. The system may have a lower bound (net.core.somaxconn).
 */
const backlog = 4_096;

/** Starts the device listener. */
export async function startDeviceListener(o: DeviceListenerOptions): Promise<DeviceListener> {
  const wanted = { ...defaultLimits, ...o.limits };
  const limits = { ...wanted, connections: possibleConnections(wanted.connections) };
  if (limits.connections < wanted.connections)
    o.log.warn(
      { connections: limits.connections, wanted: wanted.connections },
      'fewer connections than wanted, because of the limit on open files: raise it (LimitNOFILE, ulimit -n)',
    );
  const seen = new Map<string, number>();
  const api: DeviceApi = {
    store: o.store,
    keys: new KeyCache(),
    origins: o.publicUrls.map(publicOrigin),
    trustedProxies: o.trustedProxies,
    ...o.signatureWindow,
    now: o.now,
    caCertificates: o.caCertificates,
    certificateForm: o.certificateForm,
    admission: o.admission,
    policy: o.policy,
    asker: o.asker,
    continuityKey: o.continuityKey,
    continuitySeconds: o.continuitySeconds,
    rotationOverlapSeconds: o.rotationOverlapSeconds,
    holdSeconds: o.holdSeconds,
    retryAfterSeconds: o.retryAfterSeconds,
    limits,
    decisions: o.decisions,
    log: o.log,
    seen: (clientId) => void seen.set(clientId, o.now()),
  };
  const app = createApplication({ tls: o.tls, limits, log: o.log, refused: o.refused });
  const guard = new LoadGuard({ limits, log: o.log, now: o.now });
  guard.guard(app);
  registerDeviceRoutes(app, api);
  const flush = async (): Promise<void> => {
    if (seen.size === 0) return;
    const batch = new Map(seen);
    seen.clear();
    try {
      await o.store.clients.touch(batch);
    } catch (error) {
      o.log.warn({ err: error }, 'the last-seen times could not be written');
    }
  };
  const timer = setInterval(() => void flush(), flushMilliseconds);
  timer.unref();
  await app.listen({ host: o.listen.host, port: o.listen.port, backlog });
  const { port } = app.server.address() as AddressInfo;
  return {
    port,
    load: () => guard.load(),
    async close() {
      clearInterval(timer);
      await app.close();
      await flush();
    },
  };
}
