/** What placement and the inventory do; each database runs it. */
import { after, describe } from 'node:test';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/ports.ts';
import { matchingContract } from './contract/matching.ts';
import { planningContract } from './contract/planning.ts';
import { reportContract } from './contract/reports.ts';
import { searchContract } from './contract/search.ts';

export function placementContract(name: string, runs: number, url: () => Promise<string>): void {
  describe(`placement on ${name}`, () => {
    const opened: Store[] = [];
    const open = async (): Promise<Store> => {
      const store = await openStore({ url: await url(), now: () => 1 });
      opened.push(store);
      return store;
    };
    after(() => Promise.all(opened.map((store) => store.close())));

    matchingContract(runs, open);
    reportContract(open);
    planningContract(open);
    searchContract(open);
  });
}
