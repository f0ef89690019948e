/** Asks a webhook who gets in. What it does not answer clearly and in time is a hold, and the audit log says why. */
import { createHash } from 'node:crypto';
import { type Certificate, nameWarnings } from '@muster/pki';
import { pairingWords } from '@muster/protocol';
import type { WebhookAnswer } from '../admission/decide.ts';
import { type Evidence, gatherEvidence } from '../admission/evidence.ts';
import type { Store } from '../store/ports.ts';
import type { WebhookRecord } from '../store/ports/webhooks.ts';
import type { OwnKey } from '../trust/own-key.ts';
import { answerOf, readAnswer } from './answer.ts';
import { type Delivery, openReceiver, type Receiver } from './send.ts';

const maximumOpen = 16;
const maximumRemembered = 5_000;

/** A request to be let in, as the webhook is told of it. */
interface Question {
  readonly leaf: Certificate;
  readonly evidence: Evidence;
  readonly remoteAddress: string;
  /** Under which rule it would be held, and why. */
  readonly rule: string;
  readonly reason: string;
}

interface Remembered {
  readonly answer: Promise<WebhookAnswer>;
  until: number;
}

interface AskOptions {
  readonly store: Store;
  readonly key: OwnKey;
  readonly now: () => number;
  readonly caPin: () => string;
  readonly timeoutSeconds: number;
  /** How long a hold or a denial counts before the webhook is asked again about the same certificate. */
  readonly rememberSeconds: number;
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** Asks for one instance of the WFM, and remembers what was answered. */
export class AdmissionAsker {
  readonly #o: AskOptions;
  readonly #remembered = new Map<string, Remembered>();
  readonly #closing = new AbortController();
  #open = 0;
  #way: { readonly id: string; readonly receiver: Receiver } | undefined;

  constructor(o: AskOptions) {
    this.#o = o;
  }

  /** @returns null when there is no webhook to ask */
  async ask(question: Question): Promise<WebhookAnswer | null> {
    const webhook = await this.#o.store.webhooks.admission();
    if (webhook === null) return null;
    const { rule, leaf } = question;
    const key = `${webhook.name} ${webhook.createdAt} ${leaf.sha256} ${rule}`;
    const known = this.#remembered.get(key);
    if (known !== undefined && known.until > this.#o.now()) return known.answer;
    if (this.#open >= maximumOpen || !this.#hasRoom())
      return { webhook: webhook.name, decision: 'hold', reason: 'Too many questions are open.', labels: {} };
    // Whoever asks about the same certificate meanwhile gets the same answer.
    const entry: Remembered = { answer: this.#audited(webhook, question), until: Number.POSITIVE_INFINITY };
    this.#remembered.set(key, entry);
    try {
      const answer = await entry.answer;
      entry.until = this.#o.now() + this.#o.rememberSeconds * 1000;
      // An allowance counts once: what becomes of the client later is for others to decide.
      if (answer.decision === 'allow') this.#remembered.delete(key);
      return answer;
    } catch (error) {
      this.#remembered.delete(key);
      throw error;
    }
  }

  /** Asks about this WFM's own certificate, to see whether the webhook answers; the answer has no consequences. */
  async test(
    webhook: WebhookRecord,
  ): Promise<{ got: Delivery; decision: string | null; error: string | null }> {
    const { certificate } = this.#o.key;
    const evidence = gatherEvidence({
      leaf: certificate,
      sent: [],
      keyProtection: null,
      groups: [],
      groupsVersion: '',
      now: new Date(this.#o.now()),
    });
    const [rule, reason] = ['test', 'An operator tests this webhook.'];
    const question = { leaf: certificate, evidence, remoteAddress: '127.0.0.1', rule, reason };
    const got = await this.#post(webhook, { ...this.#document(webhook, question), test: true });
    const answer = got.error === null ? readAnswer(got.text) : got.error;
    if (typeof answer === 'string') return { got, decision: null, error: answer };
    return { got, decision: answer.decision, error: null };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#way?.receiver.close();
  }

  #hasRoom(): boolean {
    if (this.#remembered.size < maximumRemembered) return true;
    const now = this.#o.now();
    for (const [key, { until }] of this.#remembered) if (until <= now) this.#remembered.delete(key);
    return this.#remembered.size < maximumRemembered;
  }

  #document(webhook: WebhookRecord, { leaf, evidence, remoteAddress, rule, reason }: Question): object {
    const { groupsVersion: _ours, notBefore, notAfter, ...facts } = evidence;
    return {
      webhook: webhook.name,
      question: {
        fingerprint: `sha256:${leaf.sha256}`,
        keyFingerprint: `sha256:${leaf.spkiSha256}`,
        words: pairingWords(this.#o.caPin(), leaf.spkiSha256, sha256),
        ...facts,
        notBefore: new Date(notBefore).toISOString(),
        notAfter: new Date(notAfter).toISOString(),
        warnings: nameWarnings([leaf.subject]),
        certificate: leaf.pem,
        remoteAddress,
        rule,
        reason,
      },
    };
  }

  #post(webhook: WebhookRecord, document: object): Promise<Delivery> {
    const { key, now, timeoutSeconds } = this.#o;
    const id = `${webhook.name} ${webhook.createdAt}`;
    if (this.#way?.id !== id) {
      void this.#way?.receiver.close();
      this.#way = { id, receiver: openReceiver(webhook, { key, now, signal: this.#closing.signal }) };
    }
    return this.#way.receiver.post(document, timeoutSeconds * 1000);
  }

  async #audited(webhook: WebhookRecord, question: Question): Promise<WebhookAnswer> {
    const { store, now } = this.#o;
    const { name } = webhook;
    this.#open++;
    try {
      const got = await this.#post(webhook, this.#document(webhook, question));
      const answer = answerOf(name, got);
      const { decision, reason, labels } = answer;
      const { rule, remoteAddress: from, leaf } = question;
      const { status, milliseconds } = got;
      await store.audit.append({
        at: now(),
        actor: `webhook ${name}`,
        action: 'admission.asked',
        subject: leaf.sha256,
        detail: { decision, reason, labels, rule, from, key: leaf.spkiSha256, status, milliseconds },
      });
      return answer;
    } finally {
      this.#open--;
    }
  }
}
