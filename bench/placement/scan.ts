/** The same answers by reading and judging every device. */
import { offerOf, nothingTaken, offerDigest } from '../../packages/wfm/src/placement/offer.ts';
import { Catalogue } from '../../packages/wfm/src/fleet/catalogue.ts';
import { modelOf } from '../../packages/wfm/src/fleet/stored-model.ts';
import { compile, judge } from '../../packages/wfm/src/placement/judge.ts';
import { compareRanked, type Ranked } from '../../packages/wfm/src/placement/ranking.ts';
import { openStore } from '../../packages/wfm/src/store/open.ts';
import { demanding, type Found, place } from './questions.ts';

/** @returns what was found, and how long one scan took in milliseconds; both questions are asked in the same scan */
export async function scan(url: string): Promise<{ found: Found; ms: number }> {
  const store = await openStore({ url, now: Date.now });
  const catalogue = new Catalogue(store.fleet);
  await catalogue.refresh();
  const compiled = compile(demanding);
  const [selective, rare]: Ranked[][] = [[], []];
  const began = performance.now();
  let after: readonly [string, string] = ['', ''];
  for (;;) {
    const rows = await store.fleet.rows(after, 500);
    const last = rows.at(-1);
    if (last === undefined) break;
    after = [last.clientId, last.deviceId];
    const records = await store.fleet.records(rows.map((r) => [r.clientId, r.deviceId] as const));
    const models = new Map(records.map((r) => [`${r.clientId} ${r.deviceId}`, r.model]));
    for (const { clientId, deviceId, labelSetId } of rows) {
      const labels = catalogue.labelSets.get(labelSetId) ?? {};
      const offer = offerOf(modelOf(models.get(`${clientId} ${deviceId}`) ?? '{}'));
      const verdict = judge(compiled, { offer, taken: nothingTaken, labels, own: {}, clientState: 'active' });
      if (verdict.fit === null) continue;
      const one = { clientId, deviceId, offerDigest: offerDigest(JSON.stringify(offer)), verdict };
      rare?.push(one);
      if (labels['site'] === place.site && labels['line'] === place.line) selective?.push(one);
    }
  }
  const ms = performance.now() - began;
  await store.close();
  const names = (list: Ranked[] = []): string[] =>
    list.sort(compareRanked).map((d) => `${d.clientId} ${d.deviceId}`);
  return { found: { selective: names(selective), rare: names(rare) }, ms };
}
