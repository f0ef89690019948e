import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';
import { json, safe, say, tick } from '../../ui.ts';
import { type Entry, type Item, readEntries } from './read.ts';
import { preauthorizeRequest, requestFile, type RequestFlags } from './request.ts';

/**
 * A list is one transaction, so that it is there whole or not at all; and while it runs no other decision of the WFM is
 * committed. Hence this bound, which the WFM has, too. A larger file is refused before anything is sent; what a fleet of that
 * size wants is its maker's CA.
 */
const mostAtOnce = 20_000;
/** More faults than this are a file of something else; the rest is not read. */
const mostBad = 10_000;
const mostShown = 50;

interface Gathered {
  readonly items: readonly Item[];
  readonly bad: readonly Entry[];
  readonly twice: number;
  /** Where reading stopped before the end. */
  readonly stopped: Entry | null;
}

/** Everything in the files, the same thing once, and every entry that cannot be used; in bounded memory whatever they hold. */
async function gather(files: readonly string[]): Promise<Gathered> {
  const items = new Map<string, Item>();
  const bad: Entry[] = [];
  let [read, twice, told] = [0, 0, Date.now()];
  for (const file of files)
    for await (const entry of readEntries(file)) {
      if (++read % 5_000 === 0 && Date.now() - told > 1_000) {
        told = Date.now();
        say(`… ${read} entries read`);
      }
      if (entry.item === null) bad.push(entry);
      else if (items.has(entry.item.fingerprint)) twice++;
      else items.set(entry.item.fingerprint, entry.item);
      if (items.size > mostAtOnce || bad.length > mostBad)
        return { items: [...items.values()], bad, twice, stopped: entry };
    }
  return { items: [...items.values()], bad, twice, stopped: null };
}

/** Tells what is wrong with the files. @throws UsageError when anything is */
function refuseBad({ items, bad, twice, stopped }: Gathered): void {
  if (bad.length === 0 && stopped === null) return;
  for (const { file, line, problem } of bad.slice(0, mostShown))
    say(`  ${safe(file)}, line ${line}: ${safe(problem ?? '')}`);
  if (bad.length > mostShown) say(`  … and ${bad.length - mostShown} more`);
  const details = {
    bad: bad.map(({ file, line, problem }) => ({ file, line, problem })),
    good: items.length,
    twice,
    stoppedAt: stopped === null ? null : { file: stopped.file, line: stopped.line },
  };
  const where =
    stopped === null ? '' : ` The rest, after line ${stopped.line} of ${stopped.file}, was not read.`;
  if (items.length > mostAtOnce)
    throw new UsageError(
      `There are more than ${mostAtOnce} entries, and a list is taken whole or not at all; nothing was added.${where}`,
      `Split it (split -l ${mostAtOnce} --additional-suffix=.csv LIST part-) and add each part, or let the devices in by their CA: muster device-ca add`,
      details,
    );
  throw new UsageError(
    `${bad.length} entries cannot be used; nothing was added.${where}`,
    'Correct the named lines. A line is a SHA-256 fingerprint in hex, then optionally: ,certificate|key,note',
    details,
  );
}

export const preauthorize = operatorCommand<RequestFlags>(
  'preauthorize',
  'let certificates or fingerprints in when they come; all of a list or nothing',
  (c) =>
    c
      .argument(
        '<files...>',
        'certificates (PEM bundle, DER), lists (CSV: fingerprint, certificate|key, note), or a request file of a device',
      )
      .option('--dry-run', 'say what would be added; add nothing')
      .option('--answer <file>', 'with a request file: where to write the answer that is carried back')
      .option('--days <n>', 'how long the answer counts (default 30)'),
  async ({ api }, files, options) => {
    const requests = await Promise.all(files.map(requestFile));
    const [request] = requests;
    if (request !== undefined && files.length === 1) {
      await preauthorizeRequest(api, request, options);
      return;
    }
    if (requests.some((one) => one !== undefined))
      throw new UsageError('There is a request file among other files.', 'Give each request file alone.');
    if (options.answer !== undefined || options.days !== undefined)
      throw new UsageError(
        'An answer is for a request file of a device, and there is none.',
        'Make one on the device: muster device request --out FILE',
      );
    const gathered = await gather(files);
    refuseBad(gathered);
    const { items, twice } = gathered;
    if (items.length === 0)
      throw new UsageError(
        'The files hold nothing to pre-authorise.',
        'Give certificates, or lists of fingerprints.',
      );
    const dryRun = options.dryRun === true;
    const body = { items: [...items], dryRun };
    const { added, existing } = await answerOf(api.POST('/operator/v1/preauthorizations', { body }));
    if (options.json === true) json({ added, existing, twice, dryRun });
    else {
      const counts = `${added} ${dryRun ? 'would be added' : 'added'}, ${existing} known already, ${twice} twice in the files`;
      tick(dryRun ? 'dry run' : 'pre-authorised', counts);
      if (!dryRun) say('They are let in when they ask.');
    }
  },
);
