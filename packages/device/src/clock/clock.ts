/** The device's idea of time: its local clock, the lower bound on disk, and what an authenticated WFM has said. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readBoundedFile, writeFileAtomic } from '@muster/pki';
import { judgeLocalClock, type LocalClock, nextLowerBound, softwareDate } from './judge.ts';

/** The file with the lower bound. Without it, or when it is damaged, the software's own date counts. */
const boundFile = 'clock';

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

async function readBound(path: string): Promise<number> {
  const text = await readBoundedFile(path, 1_000).then(String, () => '');
  const [date = '', sum = ''] = text.trim().split(' ');
  const time = Date.parse(date);
  return sum === checksum(date) && time > softwareDate ? time : softwareDate;
}

/** A Date has a year of four digits (RFC 9110 section 5.6.7); beyond, arithmetic with it would leave what can be told. */
const afterAllDates = Date.UTC(10_000, 0);

/** The clock of a state folder: what it is worth, and what has been heard since. */
export class DeviceClock {
  readonly path: string;
  /** The local clock, milliseconds since 1970. */
  readonly local: () => number;
  readonly #isKept: boolean;
  #bound: number;
  #offset: number | null = null;

  /** Use {@link openClock}. */
  constructor(path: string, local: () => number, bound: number, isKept: boolean) {
    this.path = path;
    this.local = local;
    this.#bound = bound;
    this.#isKept = isKept;
  }

  /** A moment that has certainly passed; only ever moves forward. */
  get lowerBound(): number {
    return this.#bound;
  }

  get verdict(): LocalClock {
    return judgeLocalClock(this.local(), this.#bound);
  }

  /** The time by an authenticated WFM, or null when this process has not heard one. */
  get trusted(): number | null {
    return this.#offset === null ? null : this.local() + this.#offset;
  }

  /** The best time there is. */
  get best(): number {
    return this.trusted ?? this.local();
  }

  /**
   * Takes note of the time that an authenticated answer states. Written to disk at most once a day of stated time; when
   * the disk refuses, the bound holds in this process all the same.
   * @param notAfter the end of the server certificate
   */
  async hear(stated: number, notAfter: number): Promise<void> {
    if (Number.isNaN(stated) || stated >= afterAllDates) return;
    const next = nextLowerBound({ lowerBound: this.#bound, local: this.local(), stated, notAfter });
    this.#offset = stated - this.local();
    if (next === this.#bound) return;
    this.#bound = next;
    if (!this.#isKept) return;
    const date = new Date(next).toISOString();
    await writeFileAtomic(this.path, `${date} ${checksum(date)}\n`, 0o600).catch(() => undefined);
  }
}

/**
 * Opens the clock of a state folder.
 * @param local milliseconds since 1970, by the machine's clock
 * @param isKept whether what it hears goes to disk
 */
export async function openClock(
  stateDirectory: string,
  local: () => number,
  { isKept = true }: { isKept?: boolean } = {},
): Promise<DeviceClock> {
  const path = join(stateDirectory, boundFile);
  return new DeviceClock(path, local, await readBound(path), isKept);
}
