/**
 * Tells receivers what happens. Every entry of the audit log is an event; a webhook's position in that log is kept in the
 * database, so nothing is lost by a restart, and a lease there lets one instance at a time deliver.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { eventOf, isWanted } from '../audit/event.ts';
import type { AuditRecord, Store } from '../store/ports.ts';
import type { WebhookRecord } from '../store/ports/webhooks.ts';
import type { OwnKey } from '../trust/own-key.ts';
import { waitBeforeRetry } from './backoff.ts';
import { openReceiver, type Receiver } from './send.ts';

const pollMilliseconds = 500;
const pageEntries = 200;
/** Receivers that are served at once; the others wait for their turn. */
const maximumWorkers = 32;
/** How much a worker delivers before others get their turn. */
const turnEvents = 200;
const keepDeadLetters = 1_000;

interface DeliveryOptions {
  readonly store: Store;
  readonly key: OwnKey;
  readonly log: Logger;
  readonly now: () => number;
  readonly timeoutSeconds: number;
  /** How long to wait after the first failure. */
  readonly retrySeconds: number;
  /** How often an event is tried before it is a dead letter. */
  readonly tries: number;
}

interface Job {
  readonly entry: AuditRecord;
  readonly tries: number;
  readonly wasDead: boolean;
}

/** Delivers for one instance of the WFM. */
class Deliverer {
  readonly #o: DeliveryOptions;
  readonly #owner = randomUUID();
  readonly #working = new Map<string, Promise<void>>();
  /** How far the log was looked through without finding anything for a webhook, beyond its kept position. */
  readonly #passed = new Map<string, number>();
  readonly #closing = new AbortController();

  constructor(o: DeliveryOptions) {
    this.#o = o;
  }

  /** Looks once for receivers that have something to get, and begins to serve them. */
  async look(): Promise<void> {
    const { store, log, now } = this.#o;
    const wanted = (await store.webhooks.all()).filter((w) => w.kind === 'events' && w.enabled === 1);
    if (wanted.length === 0) return;
    const head = await store.audit.head();
    const queued = await store.webhooks.withQueued();
    for (const webhook of wanted) {
      const { name, nextTryAt, position } = webhook;
      const isNew = head.seq > Math.max(position, this.#passed.get(name) ?? 0);
      if (nextTryAt > now() || !(isNew || queued.has(name))) continue;
      if (this.#closing.signal.aborted || this.#working.has(name) || this.#working.size >= maximumWorkers)
        continue;
      const work = this.#serve(webhook)
        .catch((error: unknown) => log.warn({ webhook: name, err: error }, 'a webhook could not be served'))
        .finally(() => this.#working.delete(name));
      this.#working.set(name, work);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#working.values());
  }

  /** Twice the time of a request: whoever holds it is dead or hangs when it has run out. */
  #leaseUntil(): number {
    return Math.round(this.#o.now() + this.#o.timeoutSeconds * 2_000 + 1_000);
  }

  async #serve(seen: WebhookRecord): Promise<void> {
    const { store, key, now } = this.#o;
    const { name } = seen;
    if ((await this.#next(seen)) === null) return;
    const webhook = await store.webhooks.lease(name, this.#owner, this.#leaseUntil(), now());
    if (webhook === null) return;
    const receiver = openReceiver(webhook, { key, now, signal: this.#closing.signal });
    try {
      let present: WebhookRecord | null = webhook;
      for (let i = 0; i < turnEvents && present !== null && !this.#closing.signal.aborted; i++) {
        const job = await this.#next(present);
        if (job === null || !(await this.#deliver(present, job, receiver))) break;
        // Read again with the lease renewed: it may have been disabled or removed meanwhile.
        present = await store.webhooks.lease(name, this.#owner, this.#leaseUntil(), now());
      }
    } finally {
      await receiver.close();
      await store.webhooks.release(name, this.#owner);
    }
  }

  /** What a webhook gets next: what an operator has put back, then what happened after its position. */
  async #next(webhook: WebhookRecord): Promise<Job | null> {
    const { store } = this.#o;
    const { name, tries } = webhook;
    const letter = await store.webhooks.nextQueued(name);
    if (letter !== null) {
      const [entry] = await store.audit.after(letter.seq - 1, 1);
      if (entry !== undefined) return { entry, tries: letter.tries, wasDead: true };
    }
    const types = JSON.parse(webhook.types) as string[];
    let from = Math.max(webhook.position, this.#passed.get(name) ?? 0);
    for (;;) {
      const items = await store.audit.after(from, pageEntries);
      const entry = items.find((item) => isWanted(item.action, types));
      if (entry !== undefined) return { entry, tries, wasDead: false };
      from = items.at(-1)?.seq ?? from;
      this.#passed.set(name, from);
      if (items.length < pageEntries || this.#closing.signal.aborted) return null;
    }
  }

  /** @returns whether to go on with the next one now */
  async #deliver(webhook: WebhookRecord, job: Job, receiver: Receiver): Promise<boolean> {
    const { store, log, now, timeoutSeconds, retrySeconds } = this.#o;
    const { name } = webhook;
    const { seq } = job.entry;
    const got = await receiver.post({ webhook: name, event: eventOf(job.entry) }, timeoutSeconds * 1000);
    // A try that was cut short by our own end says nothing about the receiver.
    if (this.#closing.signal.aborted) return false;
    const tries = job.tries + 1;
    const outcome = got.error === null ? 'done' : tries >= this.#o.tries ? 'dead' : 'later';
    if (outcome === 'dead') log.warn({ webhook: name, seq, error: got.error }, 'an event is a dead letter');
    const wait = waitBeforeRetry({
      tries,
      firstMilliseconds: retrySeconds * 1000,
      retryAfterSeconds: got.retryAfterSeconds,
      random: Math.random(),
    });
    const isKept = await store.webhooks.note({
      name,
      owner: this.#owner,
      leaseUntil: this.#leaseUntil(),
      seq,
      outcome,
      wasDead: job.wasDead,
      tries,
      nextTryAt: outcome === 'later' ? now() + wait : 0,
      attempt: { status: got.status, error: got.error, at: now() },
      keepDeadLetters,
    });
    return isKept && outcome !== 'later';
  }
}

/** Starts delivering: looks for what there is to tell twice a second. */
export function startDelivery(o: DeliveryOptions): { close(): Promise<void> } {
  const deliverer = new Deliverer(o);
  let looking: Promise<void> = Promise.resolve();
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    looking = deliverer
      .look()
      .catch((error: unknown) => o.log.warn({ err: error }, 'webhooks could not be looked up'))
      .finally(() => {
        isLooking = false;
      });
  }, pollMilliseconds);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await looking;
      await deliverer.close();
    },
  };
}
