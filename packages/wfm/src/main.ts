/** The one place where the WFM's parts are put together. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { makeDirectory, readCertificateFile, writeFileAtomic, type Certificate } from '@muster/pki';
import { encodeJoinString } from '@muster/protocol';
import { type Logger, pino } from 'pino';
import { PolicyCache } from './admission/policy.ts';
import { parseListen } from './config/server.ts';
import { loadSettings, type WfmSettings } from './config/settings.ts';
import { startCrlFetcher } from './admission/crl-fetch.ts';
import { noteRefusals } from './audit/refusals.ts';
import { keepCheckpoints } from './audit/checkpoint.ts';
import { openAuditSigner } from './audit/signer.ts';
import { Catalogue } from './fleet/catalogue.ts';
import { DecisionSignal } from './fleet/decision-signal.ts';
import { startDeviceListener } from './http/device-listener.ts';
import { bracket, reachableName } from './http/reachable.ts';
import { openOidc } from './oidc/open.ts';
import { TokenUses } from './operator-api/token-uses.ts';
import { startOperatorListener } from './operator-api/listener.ts';
import { ApplicationReader } from './operator-api/placement/reader.ts';
import { Placement } from './placement/query.ts';
import { namedDatabaseError, namedSystemError } from './start-error.ts';
import { openStore } from './store/open.ts';
import type { Store } from './store/ports.ts';
import { openAuthority } from './trust/authority.ts';
import { openOwnKey } from './trust/own-key.ts';
import { openTlsFiles } from './trust/files.ts';
import { operatorTokenAt, secretAt } from './trust/secrets.ts';
import { AdmissionAsker } from './webhooks/ask.ts';
import { startDelivery } from './webhooks/deliver.ts';

/** A running WFM. */
export interface Wfm {
  readonly deviceUrl: string;
  readonly operatorUrl: string;
  /** `sha256:<hex>`, or empty when devices trust a public CA. */
  readonly caPin: string;
  readonly joinString: string;
  readonly operatorTokenFile: string;
  readonly operatorCaFile: string;
  close(): Promise<void>;
}

const sweepMilliseconds = 60_000;

function logger(level: WfmSettings['logLevel']): Logger {
  return pino(
    { level, redact: ['authorization', '*.authorization', 'token', 'passphrase'] },
    pino.destination({ dest: 2, sync: false }),
  );
}

async function ensureToken(store: Store, file: string, now: number): Promise<void> {
  const token = await operatorTokenAt(file);
  await store.tokens.add({
    tokenSha256: createHash('sha256').update(token).digest('hex'),
    name: 'admin',
    role: 'admin',
    createdAt: now,
    createdBy: 'muster',
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
  });
}

/**
 * Starts a WFM: store, trust, device listener, operator listener.
 * @param options settings that differ from the defaults; `log` replaces the log on stderr
 * @throws SettingsError, StartError, and errors of keys and certificates that cannot be used
 */
export async function startWfm(options: Partial<WfmSettings> & { log?: Logger }): Promise<Wfm> {
  const { log: givenLog, ...flags } = options;
  const settings = loadSettings({ flags });
  const log = givenLog ?? logger(settings.logLevel);
  const now = Date.now;
  const deviceListen = parseListen('device-listen', settings.deviceListen);
  const operatorListen = parseListen('operator-listen', settings.operatorListen);
  const closers: Array<() => Promise<void> | void> = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    await makeDirectory(settings.data);
    const store = await openStore({
      url: settings.database ?? `sqlite:${join(settings.data, 'muster.db')}`,
      now,
      statementSeconds: settings.databaseStatementSeconds,
    }).catch((error: unknown) => {
      throw namedDatabaseError(error);
    });
    closers.push(() => store.close());
    const operatorTokenFile = join(settings.data, 'operator-token');
    await ensureToken(store, operatorTokenFile, now());

    const name = await reachableName(deviceListen.host);
    const publicHosts = settings.publicUrls.map((url) => new URL(url).hostname.replace(/^\[|\]$/g, ''));
    const hosts = [
      ...new Set(
        [...publicHosts, name, 'localhost', '127.0.0.1', '::1', hostname(), operatorListen.host].filter(
          (h) => h !== '0.0.0.0' && h !== '::',
        ),
      ),
    ];
    const passphrase =
      settings.caPassphraseFile === null
        ? undefined
        : (await readFile(settings.caPassphraseFile, 'utf8')).replace(/\r?\n$/, '');
    const authority = await openAuthority({
      directory: join(settings.data, 'trust'),
      hosts,
      now: () => new Date(now()),
      log,
      passphrase,
    });
    closers.push(() => authority.close());
    const operatorCaFile = join(settings.data, 'operator-ca.pem');
    const writeOperatorCa = (): Promise<void> =>
      writeFileAtomic(
        operatorCaFile,
        authority
          .caCertificates()
          .map((c) => c.pem)
          .join(''),
        0o644,
      );
    await writeOperatorCa();
    authority.onRootsChange(() => {
      writeOperatorCa().catch((error: unknown) =>
        log.error({ err: error }, 'operator-ca.pem could not be written'),
      );
    });

    const ownCa = settings.tlsCa === null ? [] : readCertificateFile(await readFile(settings.tlsCa));
    const caCertificates = (): readonly Certificate[] =>
      settings.tls === 'internal' ? authority.caCertificates() : ownCa;
    const files =
      settings.tls === 'files'
        ? openTlsFiles({ certFile: settings.tlsCert ?? '', keyFile: settings.tlsKey ?? '', log })
        : null;
    if (files !== null) closers.push(() => files.close());
    const pinsNow = (): string[] => caCertificates().map((c) => `sha256:${c.sha256}`);

    const decisions = new DecisionSignal();
    const refused = noteRefusals({ audit: store.audit, log, now });
    const policy = new PolicyCache(store.admission);
    const webhookKey = await openOwnKey({
      directory: join(settings.data, 'trust'),
      name: 'webhook',
      commonName: 'Muster webhooks',
      now: new Date(now()),
    });
    const asker = new AdmissionAsker({
      store,
      key: webhookKey,
      now,
      caPin: () => pinsNow()[0] ?? '',
      timeoutSeconds: settings.admissionWebhookSeconds,
      rememberSeconds: settings.admissionWebhookRememberSeconds,
    });
    closers.push(() => asker.close());
    const device = await startDeviceListener({
      store,
      listen: deviceListen,
      publicUrls: settings.publicUrls,
      trustedProxies: settings.trustedProxies,
      tls: settings.tls === 'off' ? null : (files ?? authority.tls),
      caCertificates,
      certificateForm: settings.certificateForm,
      admission: settings.admission,
      policy,
      asker,
      continuityKey: await secretAt(join(settings.data, 'trust', 'continuity-key')),
      continuitySeconds: settings.continuitySeconds,
      rotationOverlapSeconds: settings.rotationOverlapSeconds,
      holdSeconds: settings.holdSeconds,
      retryAfterSeconds: settings.retryAfterSeconds,
      signatureWindow: {
        maxAgeSeconds: settings.signatureMaxAgeSeconds,
        maxSkewSeconds: settings.signatureMaxSkewSeconds,
      },
      limits: { connections: settings.maxConnections, requestsInProgress: settings.maxRequests },
      log,
      refused,
      now,
      decisions,
    });
    closers.push(() => device.close());
    const urls =
      settings.publicUrls.length > 0 ? [...settings.publicUrls] : [`https://${bracket(name)}:${device.port}`];
    const joinString = (): { joinString: string; urls: string[]; pins: string[] } => {
      const pins = pinsNow();
      const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
      return { joinString: encodeJoinString({ urls, pins }, sha256), urls, pins };
    };
    const auditSigner = await openAuditSigner(join(settings.data, 'trust'), new Date(now()));
    const checkpoints = keepCheckpoints({
      directory: join(settings.data, 'trust'),
      audit: store.audit,
      signer: auditSigner,
      log,
      now,
    });
    closers.push(() => checkpoints.close());
    const { webhookTimeoutSeconds } = settings;
    const delivery = startDelivery({
      store,
      key: webhookKey,
      log,
      now,
      timeoutSeconds: webhookTimeoutSeconds,
      retrySeconds: settings.webhookRetrySeconds,
      tries: settings.webhookTries,
    });
    closers.push(() => delivery.close());
    const tokenUses = new TokenUses(store.tokens);
    const closing = new AbortController();
    const catalogue = new Catalogue(store.fleet);
    const applications = new ApplicationReader();
    closers.push(() => applications.close());
    const oidc = await openOidc(settings, now);
    closers.push(async () => oidc?.verifier.close());
    const api = {
      log,
      deviceLoad: () => device.load(),
      oidc,
      catalogue,
      placement: new Placement(store, catalogue),
      applications,
      auditSigner,
      webhookKey,
      asker,
      webhookTimeoutSeconds,
      checkpoints,
      tokenUses,
      closing: closing.signal,
      store,
      policy,
      admission: settings.admission,
      decisions,
      now,
      caCertificates,
      caPin: () => pinsNow()[0] ?? '',
      joinString,
      authority: settings.tls === 'internal' ? authority : null,
    };
    const operator = await startOperatorListener({
      api,
      listen: operatorListen,
      console: settings.console,
      tls: authority.tls,
      log,
      refused,
    });
    closers.push(() => {
      closing.abort();
      return operator.close();
    });

    closers.push(() => tokenUses.flush());
    const sweeper = setInterval(() => {
      Promise.all([
        store.audit.settle(),
        store.replay.sweep(now()),
        store.reservations.sweep(now()),
        store.enrollments.sweepPending(Math.round(now() - settings.pendingLifetimeSeconds * 1000), now()),
        store.clients.dropPreviousKeys(now()),
        tokenUses.flush(),
      ]).catch((error: unknown) => log.warn({ err: error }, 'the sweep failed'));
    }, sweepMilliseconds);
    sweeper.unref();
    closers.push(() => clearInterval(sweeper));
    const fetcher = startCrlFetcher({ store, policy, log, now });
    closers.push(() => fetcher.close());
    const operatorHost =
      operatorListen.host === '0.0.0.0' || operatorListen.host === '::' ? 'localhost' : operatorListen.host;
    const deviceUrl = urls[0] ?? '';
    log.info(
      { deviceUrl, devicePort: device.port, operatorPort: operator.port, admission: settings.admission },
      'ready',
    );
    return {
      deviceUrl,
      operatorUrl: `https://${bracket(operatorHost)}:${operator.port}`,
      caPin: pinsNow()[0] ?? '',
      joinString: joinString().joinString,
      operatorTokenFile,
      operatorCaFile,
      close,
    };
  } catch (error) {
    await close();
    throw namedSystemError(error);
  }
}
