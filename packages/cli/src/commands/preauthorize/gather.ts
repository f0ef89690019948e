/** What is in files of any size: all of it when it is one list, or one part after another; in bounded memory. */
import { UsageError } from '../../exit-codes.ts';
import { safe, say } from '../../ui.ts';
import { type Entry, type Item, readEntries } from './read.ts';

/**
 * A list is one transaction, so that it is there whole or not at all; and while it runs no other decision of the WFM is
 * committed. Hence this bound, which the WFM has, too.
 */
export const mostAtOnce = 20_000;
/** More faults than this are a file of something else; the rest is not read. */
const mostBad = 10_000;
const mostShown = 50;

/** The entries of all files; tells once a second how far it is. */
async function* entriesOf(files: readonly string[]): AsyncGenerator<Entry> {
  let [read, told] = [0, Date.now()];
  for (const file of files)
    for await (const entry of readEntries(file)) {
      if (++read % 5_000 === 0 && Date.now() - told > 1_000) {
        told = Date.now();
        say(`… ${read} entries read`);
      }
      yield entry;
    }
}

/** What is to be added at once. */
export interface Part {
  readonly items: readonly Item[];
  /** Entries that were in it already. */
  readonly twice: number;
}

interface Findings {
  readonly bad: readonly Entry[];
  readonly good: number;
  readonly twice: number;
  /** Where reading stopped before the end. */
  readonly stopped: Entry | null;
}

/** Shows what is wrong. @returns what `--json` tells of it */
function tell({ bad, good, twice, stopped }: Findings): Record<string, unknown> {
  for (const { file, line, problem } of bad.slice(0, mostShown))
    say(`  ${safe(file)}, line ${line}: ${safe(problem ?? '')}`);
  if (bad.length > mostShown) say(`  … and ${bad.length - mostShown} more`);
  return {
    bad: bad.map(({ file, line, problem }) => ({ file, line, problem })),
    good,
    twice,
    stoppedAt: stopped === null ? null : { file: stopped.file, line: stopped.line },
  };
}

const notRead = (stopped: Entry | null): string =>
  stopped === null ? '' : ` The rest, after line ${stopped.line} of ${stopped.file}, was not read.`;

/** @throws UsageError when anything cannot be used */
function refuseBad(found: Findings): void {
  if (found.bad.length === 0) return;
  throw new UsageError(
    `${found.bad.length} entries cannot be used; nothing was added.${notRead(found.stopped)}`,
    'Correct the named lines. A line is a SHA-256 fingerprint in hex, then optionally: ,certificate|key,note',
    tell(found),
  );
}

/** @throws UsageError when there is nothing to add */
function refuseEmpty(good: number): void {
  if (good === 0)
    throw new UsageError(
      'The files hold nothing to pre-authorise.',
      'Give certificates, or lists of fingerprints.',
    );
}

/** Everything in the files as one list, the same thing once. @throws UsageError when anything is wrong with it */
export async function gather(files: readonly string[]): Promise<Part> {
  const items = new Map<string, Item>();
  const bad: Entry[] = [];
  let twice = 0;
  let stopped: Entry | null = null;
  for await (const entry of entriesOf(files)) {
    if (entry.item === null) bad.push(entry);
    else if (items.has(entry.item.fingerprint)) twice++;
    else items.set(entry.item.fingerprint, entry.item);
    if (items.size > mostAtOnce || bad.length > mostBad) {
      stopped = entry;
      break;
    }
  }
  const found = { bad, good: items.size, twice, stopped };
  if (items.size > mostAtOnce)
    throw new UsageError(
      `There are more than ${mostAtOnce} entries, and a list is taken whole or not at all; nothing was added.${notRead(stopped)}`,
      `Add --in-parts: all of it is checked first, then each ${mostAtOnce} entries are taken whole or not at all. Or let the devices in by their CA: muster device-ca add`,
      tell(found),
    );
  refuseBad(found);
  refuseEmpty(items.size);
  return { items: [...items.values()], twice };
}

/** Reads the files to their end and keeps nothing. @returns how many entries there are @throws UsageError when anything is wrong */
export async function checkAll(files: readonly string[]): Promise<number> {
  const bad: Entry[] = [];
  let good = 0;
  let stopped: Entry | null = null;
  for await (const entry of entriesOf(files)) {
    if (entry.item !== null) good++;
    else if (bad.push(entry) > mostBad) {
      stopped = entry;
      break;
    }
  }
  refuseBad({ bad, good, twice: 0, stopped });
  refuseEmpty(good);
  return good;
}

/**
 * The files once more, after {@link checkAll}, in parts that can each be added at once.
 * @throws UsageError when they have changed since
 */
export async function* partsOf(files: readonly string[]): AsyncGenerator<Part> {
  let items = new Map<string, Item>();
  let twice = 0;
  for await (const { file, line, item } of entriesOf(files)) {
    if (item === null)
      throw new UsageError(
        `The file ${file} has changed at line ${line} since it was checked; what came before was added.`,
        'Run it again when nobody writes to it: what was added is known already.',
      );
    if (items.has(item.fingerprint)) twice++;
    else items.set(item.fingerprint, item);
    if (items.size === mostAtOnce) {
      yield { items: [...items.values()], twice };
      [items, twice] = [new Map(), 0];
    }
  }
  if (items.size > 0) yield { items: [...items.values()], twice };
}
