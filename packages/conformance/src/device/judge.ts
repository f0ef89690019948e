/** Everything that is judged of each request as it comes, whatever scene is played. */
import type { KeyObject } from 'node:crypto';
import { type CheckName, type Finding, found } from './checks.ts';
import { judgeOnboarding } from './judge/onboarding.ts';
import { judgeReport } from './judge/report.ts';
import { judgeDigest, type JudgedSignature, judgeSignature } from './judge/signature.ts';
import { judgeSecrets } from './judge/secrets.ts';
import { type Address, judgeRoute, judgeTransport } from './judge/transport.ts';
import type { Ledger } from './ledger.ts';
import type { Received, Route } from './received.ts';

/** The public URL in its parts. */
export interface PublicAddress extends Address {
  readonly origin: string;
  /** Empty, or `/prefix` without a slash at its end. */
  readonly prefix: string;
}

interface Identity {
  readonly key: KeyObject;
  readonly spkiSha256: string;
}

const calmWindow = { milliseconds: 10_000, requests: 20 } as const;
/** Signature bases, questions and devices that are remembered. */
const memory = 10_000;
/** Whoever signs twice within a second may get the same base; after that it is not signed anew, in milliseconds. */
const sameMoment = 1_500;

export class Judge {
  readonly #address: PublicAddress;
  readonly #ledger: Ledger;
  /** Who asked to be onboarded last. */
  #identity: Identity | null = null;
  readonly #reported = new Set<string>();
  /** When a signature base came first. */
  readonly #bases = new Map<string, number>();
  /** When each request came, by what it asks. */
  readonly #times = new Map<string, readonly number[]>();

  constructor(address: PublicAddress, ledger: Ledger) {
    this.#address = address;
    this.#ledger = ledger;
  }

  /**
   * Judges one request.
   * @param clientId what the client was given; null before
   */
  async judge(request: Received, route: Route, clientId: string | null): Promise<void> {
    const ledger = this.#ledger;
    ledger.note(
      ...judgeTransport(request, this.#address),
      ...judgeRoute(request, route),
      ...judgeSecrets(request),
    );
    if (route.kind === 'onboarding') await this.#onboarding(request);
    else if (route.kind === 'report' || route.kind === 'workload')
      await this.#later(request, route, clientId);
    if (route.kind === 'onboarding' || route.kind === 'report') ledger.note(...this.#calm(request));
  }

  async #onboarding(request: Received): Promise<void> {
    const { findings, certificate } = judgeOnboarding(request, Date.now());
    const signed = await this.#signature(request, certificate?.publicKey ?? null, 'proven');
    this.#ledger.note(...findings, ...judgeDigest(request), ...signed.findings);
    if (certificate === null) return;
    const { spkiSha256 } = certificate;
    const before = this.#identity;
    if (before !== null)
      this.#ledger.note({
        ...found('sameKeyAgain', before.spkiSha256 === spkiSha256, `key sha256:${spkiSha256}`),
        expected: `key sha256:${before.spkiSha256}`,
      });
    this.#identity = { key: certificate.publicKey, spkiSha256 };
  }

  async #later(request: Received, route: Route, clientId: string | null): Promise<void> {
    const signed = await this.#signature(request, this.#identity?.key ?? null, 'sameKey');
    const path = `${request.method} ${request.url}`;
    const isOwn = clientId !== null && route.clientId === clientId;
    this.#ledger.note(
      {
        ...found('clientId', isOwn, path),
        expected: clientId ?? 'no such request before there is a clientId',
      },
      ...judgeDigest(request),
      ...signed.findings,
    );
    if (route.kind === 'report' && route.methods.includes(request.method))
      this.#ledger.note(...judgeReport(request, route), ...this.#order(request, route));
  }

  /** Of a device behind a gateway, whether the gateway was reported. */
  #order({ method, url }: Received, { deviceId }: Route): Finding[] {
    if (deviceId === undefined || method === 'DELETE') return [];
    const [gateway = ''] = deviceId.split('/');
    const isKnown = this.#reported.has(gateway);
    if (this.#reported.size < memory) this.#reported.add(deviceId);
    if (gateway === deviceId) return [];
    return [found('gatewayFirst', isKnown, isKnown ? gateway : `${method} ${url} before ${gateway}`)];
  }

  async #signature(
    request: Received,
    key: KeyObject | null,
    trueness: Extract<CheckName, 'proven' | 'sameKey'>,
  ): Promise<JudgedSignature> {
    const { origin, prefix } = this.#address;
    const { method, url } = request;
    const reads = method === 'GET' || method === 'HEAD';
    const targetUri = origin + (url.startsWith(`${prefix}/`) ? url : prefix + url);
    const unsigned = reads ? 'getsSigned' : 'signed';
    const now = Date.now() / 1000;
    const judged = await judgeSignature(request, { targetUri, key, trueness, unsigned, now });
    const { verified } = judged;
    if (verified === null || reads) return judged;
    return { ...judged, findings: [...judged.findings, ...this.#once(verified.baseSha256, request.at)] };
  }

  /** By its base: ECDSA signatures can be rewritten. */
  #once(baseSha256: string, at: number): Finding[] {
    const isFirst = this.#bases.size === 0;
    const first = this.#bases.get(baseSha256) ?? at;
    if (this.#bases.size < memory) this.#bases.set(baseSha256, first);
    if (isFirst) return [];
    const isAnew = at - first <= sameMoment;
    const late = `base SHA-256 ${baseSha256} again after ${((at - first) / 1000).toFixed(1)} s`;
    return [found('notRepeated', isAnew, isAnew ? 'signed anew' : late)];
  }

  /** Of one question: a gateway has many devices to report. */
  #calm({ method, url, at }: Received): Finding[] {
    const asked = `${method} ${url}`;
    const since = at - calmWindow.milliseconds;
    const times = [...(this.#times.get(asked) ?? []).filter((time) => time > since), at];
    if (this.#times.size < memory || this.#times.has(asked)) this.#times.set(asked, times.slice(-100));
    // Who asks once has shown nothing.
    if (times.length === 1) return [];
    const isCalm = times.length <= calmWindow.requests;
    return [found('calm', isCalm, `${asked} ${times.length} times within 10 s`)];
  }
}
