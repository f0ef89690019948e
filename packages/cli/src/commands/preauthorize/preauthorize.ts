import { operatorCommand } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';
import { json, safe, say, tick } from '../../ui.ts';
import { type Entry, type Item, readEntries } from './read.ts';
import { preauthorizeRequest, requestFile, type RequestFlags } from './request.ts';

const mostAtOnce = 20_000;
const mostShown = 50;

function identityOf({ certificate, fingerprint = '' }: Item): string {
  return (
    certificate ??
    fingerprint
      .toLowerCase()
      .replace(/^sha256:/, '')
      .replace(/[^0-9a-f]/g, '')
  );
}

/** Everything in the files, the same thing once, and every entry that cannot be used. */
async function gather(files: readonly string[]): Promise<{ items: Item[]; bad: Entry[]; twice: number }> {
  const items = new Map<string, Item>();
  const bad: Entry[] = [];
  let [read, twice] = [0, 0];
  for (const file of files)
    for await (const entry of readEntries(file)) {
      if (++read % 5_000 === 0) say(`… ${read} entries read`);
      if (entry.item === null) {
        if (bad.length < 10_000) bad.push(entry);
      } else if (items.has(identityOf(entry.item))) twice++;
      else items.set(identityOf(entry.item), entry.item);
      if (items.size > mostAtOnce)
        throw new UsageError(
          `There are more than ${mostAtOnce} entries; nothing was added.`,
          'Split the list, or let the devices in by their CA: muster device-ca add',
        );
    }
  return { items: [...items.values()], bad, twice };
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
  async (client, files, options) => {
    const requests = await Promise.all(files.map(requestFile));
    const [request] = requests;
    if (request !== undefined && files.length === 1) {
      await preauthorizeRequest(client, request, options);
      return;
    }
    if (requests.some((one) => one !== undefined))
      throw new UsageError('There is a request file among other files.', 'Give each request file alone.');
    if (options.answer !== undefined || options.days !== undefined)
      throw new UsageError(
        'An answer is for a request file of a device, and there is none.',
        'Make one on the device: muster device request --out FILE',
      );
    const { items, bad, twice } = await gather(files);
    for (const { file, line, problem } of bad.slice(0, mostShown))
      say(`  ${safe(file)}, line ${line}: ${safe(problem ?? '')}`);
    if (bad.length > mostShown) say(`  … and ${bad.length - mostShown} more`);
    if (options.json === true && bad.length > 0)
      json({ bad: bad.map(({ file, line, problem }) => ({ file, line, problem })) });
    if (bad.length > 0)
      throw new UsageError(
        `${bad.length} entries cannot be used; nothing was added.`,
        'Correct the named lines. A line is a SHA-256 fingerprint in hex, then optionally: ,certificate|key,note',
      );
    if (items.length === 0)
      throw new UsageError(
        'The files hold nothing to pre-authorise.',
        'Give certificates, or lists of fingerprints.',
      );
    const dryRun = options.dryRun === true;
    const result = await client.call('POST', '/preauthorizations', { items, dryRun });
    const { added, existing } = result;
    if (options.json === true) json({ added, existing, twice, dryRun });
    else {
      const counts = `${String(added)} ${dryRun ? 'would be added' : 'added'}, ${String(existing)} known already, ${twice} twice in the files`;
      tick(dryRun ? 'dry run' : 'pre-authorised', counts);
      if (!dryRun) say('They are let in when they ask.');
    }
  },
);
