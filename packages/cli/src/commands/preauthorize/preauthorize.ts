import { answerOf, type TypedApi } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';
import { json, say, tick } from '../../ui.ts';
import { checkAll, gather, mostAtOnce, type Part, partsOf } from './gather.ts';
import { preauthorizeRequest, requestFile, type RequestFlags } from './request.ts';

interface Flags extends RequestFlags {
  readonly inParts?: boolean;
}

/** What has been added, or would be. */
interface Sum {
  added: number;
  existing: number;
  twice: number;
  parts: number;
}

/** Adds a part to what the WFM has, and to the sum. @throws OperatorError */
async function add(api: TypedApi, { items, twice }: Part, sum: Sum, dryRun: boolean): Promise<void> {
  const body = { items: [...items], dryRun };
  const done = await answerOf(api.POST('/operator/v1/preauthorizations', { body }));
  sum.added += done.added;
  sum.existing += done.existing;
  sum.twice += twice;
  sum.parts++;
}

/** Adds a list of any length, part by part, after all of it was found good; what was added stays when a later part fails. */
async function addInParts(api: TypedApi, files: readonly string[], sum: Sum, dryRun: boolean): Promise<void> {
  const count = await checkAll(files);
  const parts = Math.ceil(count / mostAtOnce);
  try {
    for await (const part of partsOf(files)) {
      await add(api, part, sum, dryRun);
      if (parts > 1) say(`… part ${sum.parts} of at most ${parts}: ${sum.added + sum.existing} entries`);
    }
  } catch (error) {
    if (sum.parts > 0 && !dryRun)
      say(
        `In are ${sum.parts} parts, with ${sum.added + sum.existing} entries. The same command goes on from there: what is in is known already.`,
      );
    throw error;
  }
}

export const preauthorize = operatorCommand<Flags>(
  'preauthorize',
  'let certificates or fingerprints in when they come; all of a list or nothing',
  (c) =>
    c
      .argument(
        '<files...>',
        'certificates (PEM bundle, DER), lists (CSV: fingerprint, certificate|key, note), or a request file of a device',
      )
      .option('--dry-run', 'say what would be added; add nothing')
      .option(
        '--in-parts',
        `a list of any length, ${mostAtOnce} entries at a time, once all of it was found good`,
      )
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
    const dryRun = options.dryRun === true;
    const sum: Sum = { added: 0, existing: 0, twice: 0, parts: 0 };
    if (options.inParts === true) await addInParts(api, files, sum, dryRun);
    else await add(api, await gather(files), sum, dryRun);
    const { added, existing, twice } = sum;
    if (options.json === true) json({ ...sum, dryRun });
    else {
      const counts = `${added} ${dryRun ? 'would be added' : 'added'}, ${existing} known already, ${twice} twice in the files`;
      tick(dryRun ? 'dry run' : 'pre-authorised', counts);
      if (!dryRun) say('They are let in when they ask.');
    }
  },
);
